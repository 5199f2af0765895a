#include "host/report/picture.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "host/core/error.h"
#include "host/report/colour_map.h"
#include "host/report/png_surface.h"

namespace genretrack {
namespace {

// Of 1, 2 and 5 times a power of ten the least that is not below `least`.
double round_step(double least) {
  const double power = std::pow(10, std::floor(std::log10(least)));
  for (const double digit : {1.0, 2.0, 5.0})
    if (digit * power >= least * (1 - 1e-9)) return digit * power;
  return 10 * power;
}

std::string label_of(double value, double step) {
  const int decimals = std::max(0, -static_cast<int>(std::floor(std::log10(step) + 1e-9)));
  std::string text = std::to_string(std::llround(std::abs(value) * std::pow(10, decimals)));
  if (decimals > 0) {
    if (text.size() <= static_cast<std::size_t>(decimals)) text.insert(0, decimals + 1 - text.size(), '0');
    text.insert(text.size() - decimals, ".");
  }
  return value < 0 && text.find_first_not_of("0.") != std::string::npos ? "\u2212" + text : text;
}

}  // namespace

std::vector<Tick> round_ticks(double low, double high, int most) {
  if (!(high > low)) return {{low, label_of(low, 1)}};
  const double step = round_step((high - low) / most);
  std::vector<Tick> ticks;
  for (double n = std::ceil(low / step - 1e-6); n <= high / step + 1e-6; ++n)
    ticks.push_back({n * step, label_of(n * step, step)});
  return ticks;
}

Picture with_columns(const Picture& picture, int most) {
  if (picture.columns <= most) return picture;
  Picture small = picture;
  small.columns = most;
  small.values.clear();
  for (int row = 0; row < picture.rows; ++row) {
    const float* values = &picture.values[static_cast<std::size_t>(row) * picture.columns];
    for (std::int64_t column = 0; column < most; ++column)
      small.values.push_back(*std::max_element(values + column * picture.columns / most,
                                               values + (column + 1) * picture.columns / most));
  }
  return small;
}

void check_cairo(cairo_status_t status) {
  if (status != CAIRO_STATUS_SUCCESS)
    throw Error(ErrorKind::kFailure,
                std::string("a picture cannot be drawn: ") + cairo_status_to_string(status));
}

Surface make_surface(int width, int height) {
  Surface surface(cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height));
  check_cairo(cairo_surface_status(surface.get()));
  return surface;
}

std::string png_of(cairo_surface_t* surface) {
  std::string bytes;
  check_cairo(cairo_surface_write_to_png_stream(
      surface,
      [](void* target, const unsigned char* data, unsigned int length) {
        static_cast<std::string*>(target)->append(reinterpret_cast<const char*>(data), length);
        return CAIRO_STATUS_SUCCESS;
      },
      &bytes));
  return bytes;
}

Surface heat_map(const Picture& picture) {
  Surface surface = make_surface(picture.columns, picture.rows);
  cairo_surface_flush(surface.get());
  unsigned char* pixels = cairo_image_surface_get_data(surface.get());
  const int stride = cairo_image_surface_get_stride(surface.get());
  const float* value = picture.values.data();
  for (int row = 0; row < picture.rows; ++row) {
    auto* line = reinterpret_cast<std::uint32_t*>(pixels + std::size_t(stride) * (picture.rows - 1 - row));
    for (int column = 0; column < picture.columns; ++column) {
      const Colour colour = colour_of(picture.colour.share(*value++));
      line[column] = std::uint32_t{colour.red} << 16 | std::uint32_t{colour.green} << 8 | colour.blue;
    }
  }
  cairo_surface_mark_dirty(surface.get());
  return surface;
}

std::string heat_map_png(const Picture& picture) { return png_of(heat_map(picture).get()); }

}  // namespace genretrack
