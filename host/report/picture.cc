#include "host/report/picture.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

#include "host/core/error.h"
#include "host/report/cairo_drawing.h"
#include "host/report/colour_map.h"

namespace genretrack {
namespace {

float reduce(const Picture& picture, int first_row, int last_row, int first_column, int last_column) {
  float largest = -std::numeric_limits<float>::infinity();
  double sum = 0;
  for (int row = first_row; row < last_row; ++row) {
    const float* values =
        &picture.values[static_cast<std::size_t>(row) * static_cast<std::size_t>(picture.columns)];
    for (int column = first_column; column < last_column; ++column) {
      largest = std::max(largest, values[column]);
      sum += static_cast<double>(values[column]);
    }
  }
  const int count = (last_row - first_row) * (last_column - first_column);
  return picture.reduction == Reduction::kLargest ? largest : static_cast<float>(sum / count);
}

std::string reduction_note(const Picture& picture, int columns) {
  const int few = picture.columns / columns;
  const std::string count = picture.columns % columns == 0
                                ? std::to_string(few)
                                : std::to_string(few) + " or " + std::to_string(few + 1);
  return std::string("Each column shows the ") +
         (picture.reduction == Reduction::kLargest ? "largest value" : "mean") + " of " + count + " frames.";
}

}  // namespace

Picture reduced(Picture picture, int most_columns, int most_rows) {
  const std::int64_t columns = std::min(picture.columns, most_columns),
                     rows = std::min(picture.rows, most_rows);
  if (columns == picture.columns && rows == picture.rows) return picture;
  std::vector<float> values;
  values.reserve(static_cast<std::size_t>(rows * columns));
  for (std::int64_t row = 0; row < rows; ++row)
    for (std::int64_t column = 0; column < columns; ++column)
      values.push_back(reduce(picture, static_cast<int>(row * picture.rows / rows),
                              static_cast<int>((row + 1) * picture.rows / rows),
                              static_cast<int>(column * picture.columns / columns),
                              static_cast<int>((column + 1) * picture.columns / columns)));
  if (columns < picture.columns)
    picture.note += (picture.note.empty() ? "" : " ") + reduction_note(picture, static_cast<int>(columns));
  picture.columns = static_cast<int>(columns);
  picture.rows = static_cast<int>(rows);
  picture.values = std::move(values);
  return picture;
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

}  // namespace genretrack
