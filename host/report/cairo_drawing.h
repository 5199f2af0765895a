// What heat maps and whole pictures share of cairo.
#pragma once

#include <cairo.h>

#include <memory>
#include <string>

#include "host/report/picture.h"

namespace genretrack {

struct DestroySurface {
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
};
using Surface = std::unique_ptr<cairo_surface_t, DestroySurface>;

// Throws Error(kFailure) in cairo's words where it is not well.
void check_cairo(cairo_status_t status);

Surface make_surface(int width, int height);  // pixels, opaque, black
std::string png_of(cairo_surface_t* surface);

// The heat map, a pixel per value, row 0 at the bottom.
Surface heat_map(const Picture& picture);

// Pictures one below the other, in pixels, on any surface of that size.
struct DrawingSize {
  int width, height;
};
DrawingSize drawing_size(std::size_t pictures);
void draw_pictures(cairo_surface_t* surface, const std::string& title, const std::string& line,
                   const std::vector<Picture>& pictures);

}  // namespace genretrack
