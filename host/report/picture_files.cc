// Drawings of pictures as files.
#include <cairo-svg.h>

#include <map>
#include <string_view>

#include "host/report/cairo_drawing.h"
#include "host/report/page.h"

namespace genretrack {
namespace {

cairo_status_t append(void* target, const unsigned char* data, unsigned int length) {
  static_cast<std::string*>(target)->append(reinterpret_cast<const char*>(data), length);
  return CAIRO_STATUS_SUCCESS;
}

// cairo numbers its surfaces over the whole process, and the numbers become identifiers in SVG. Here they
// count from 0 in each file.
std::string with_own_numbers(std::string_view svg) {
  std::map<std::string, std::string, std::less<>> names;
  std::string text;
  while (!svg.empty()) {
    const std::size_t mark = svg.find_first_of("#\"");
    const std::size_t begin = mark == svg.npos ? svg.size() : mark + 1;
    text += svg.substr(0, begin);
    svg.remove_prefix(begin);
    for (const std::string_view kind : {"image", "surface"}) {
      if (!svg.starts_with(kind)) continue;
      const std::size_t end = std::min(svg.find_first_not_of("0123456789", kind.size()), svg.size());
      if (end == kind.size()) continue;
      const auto [place, added] = names.try_emplace(std::string(svg.substr(0, end)));
      if (added) place->second = std::string(kind) + "-" + std::to_string(names.size() - 1);
      text += place->second;
      svg.remove_prefix(end);
    }
  }
  return text;
}

// Screen readers and file managers read a title; the drawn one is outlines.
std::string with_title(std::string svg, const std::string& title) {
  const std::size_t end = svg.find('>', svg.find("<svg"));
  if (end != svg.npos) svg.insert(end + 1, "\n<title>" + escape_html(title) + "</title>");
  return svg;
}

}  // namespace

std::string png_of(cairo_surface_t* surface) {
  std::string bytes;
  check_cairo(cairo_surface_write_to_png_stream(surface, append, &bytes));
  return bytes;
}

std::string heat_map_png(const Picture& picture) { return png_of(heat_map(picture).get()); }

std::string pictures_png(const std::string& title, const std::string& line,
                         const std::vector<Picture>& pictures) {
  const DrawingSize size = drawing_size(pictures.size());
  const Surface surface = make_surface(size.width, size.height);
  draw_pictures(surface.get(), title, line, pictures);
  return png_of(surface.get());
}

std::string pictures_svg(const std::string& title, const std::string& line,
                         const std::vector<Picture>& pictures) {
  std::string svg;
  const DrawingSize size = drawing_size(pictures.size());
  const Surface surface(cairo_svg_surface_create_for_stream(append, &svg, size.width, size.height));
  cairo_svg_surface_set_document_unit(surface.get(), CAIRO_SVG_UNIT_PX);
  draw_pictures(surface.get(), title, line, pictures);
  cairo_surface_finish(surface.get());
  check_cairo(cairo_surface_status(surface.get()));
  return with_title(with_own_numbers(svg), title);
}

}  // namespace genretrack
