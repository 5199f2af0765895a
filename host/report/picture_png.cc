// Heat maps with their axes, drawn by cairo in one PNG file.
#include <algorithm>
#include <cmath>

#include "host/core/error.h"
#include "host/report/colour_map.h"
#include "host/report/picture.h"
#include "host/report/png_surface.h"

namespace genretrack {
namespace {

// Pixels.
constexpr int kWidth = 1600, kHead = 110, kPanel = 390, kFoot = 10;
constexpr double kLeft = 110, kRight = 150, kTop = 50, kBottom = 70;  // around the heat map of a panel
constexpr double kPlotWidth = kWidth - kLeft - kRight, kPlotHeight = kPanel - kTop - kBottom;
constexpr double kBarLeft = kLeft + kPlotWidth + 28, kBarWidth = 18;
constexpr double kTickLength = 6, kTickText = 15, kTitleText = 19, kHeadText = 30;

struct DestroyContext {
  void operator()(cairo_t* context) const { cairo_destroy(context); }
};
using Context = std::unique_ptr<cairo_t, DestroyContext>;

void set_colour(cairo_t* cr, double grey) { cairo_set_source_rgb(cr, grey, grey, grey); }

// Text whose box touches (x, y) at `across` of its width and `up` of its height: 0 left or top, 1 right or
// bottom.
void write(cairo_t* cr, const std::string& text, double size, double x, double y, double across, double up,
           bool bold = false) {
  cairo_select_font_face(cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
                         bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size(cr, size);
  cairo_text_extents_t box;
  cairo_font_extents_t font;
  cairo_text_extents(cr, text.c_str(), &box);
  cairo_font_extents(cr, &font);
  cairo_move_to(cr, x - across * box.x_advance, y + (1 - up) * font.ascent - up * font.descent);
  cairo_show_text(cr, text.c_str());
}

void line(cairo_t* cr, double x1, double y1, double x2, double y2) {
  const auto sharp = [](double v) { return std::floor(v) + 0.5; };
  cairo_move_to(cr, sharp(x1), sharp(y1));
  cairo_line_to(cr, sharp(x2), sharp(y2));
  cairo_stroke(cr);
}

void write_upwards(cairo_t* cr, const std::string& text, double x, double y) {
  cairo_save(cr);
  cairo_translate(cr, x, y);
  cairo_rotate(cr, -std::acos(-1.0) / 2);
  write(cr, text, kTickText, 0, 0, 0.5, 0.5);
  cairo_restore(cr);
}

void draw_axes(cairo_t* cr, const Picture& picture) {
  const double bottom = kTop + kPlotHeight;
  set_colour(cr, 0.25);
  cairo_set_line_width(cr, 1);
  for (const Tick& tick : picture.x.ticks) {
    const double x = kLeft + picture.x.share(tick.at) * kPlotWidth;
    line(cr, x, bottom, x, bottom + kTickLength);
    write(cr, tick.label, kTickText, x, bottom + kTickLength + 3, 0.5, 0);
  }
  write(cr, picture.x.title, kTickText, kLeft + kPlotWidth / 2, bottom + 30, 0.5, 0);
  for (const Tick& tick : picture.y.ticks) {
    const double y = bottom - picture.y.share(tick.at) * kPlotHeight;
    line(cr, kLeft - kTickLength, y, kLeft, y);
    write(cr, tick.label, kTickText, kLeft - kTickLength - 4, y, 1, 0.5);
  }
  write_upwards(cr, picture.y.title, 28, kTop + kPlotHeight / 2);
}

void draw_colour_bar(cairo_t* cr, const Picture& picture) {
  const double bottom = kTop + kPlotHeight;
  for (int y = 0; y < kPlotHeight; ++y) {
    const Colour colour = colour_of((y + 0.5) / kPlotHeight);
    cairo_set_source_rgb(cr, colour.red / 255.0, colour.green / 255.0, colour.blue / 255.0);
    cairo_rectangle(cr, kBarLeft, bottom - y - 1, kBarWidth, 1);
    cairo_fill(cr);
  }
  set_colour(cr, 0.25);
  for (const Tick& tick : picture.colour.ticks) {
    const double y = bottom - picture.colour.share(tick.at) * kPlotHeight, right = kBarLeft + kBarWidth;
    line(cr, right, y, right + kTickLength, y);
    write(cr, tick.label, kTickText, right + kTickLength + 4, y, 0, 0.5);
  }
  write_upwards(cr, picture.colour.title, kWidth - 22, kTop + kPlotHeight / 2);
}

void draw_heat_map(cairo_t* cr, const Picture& picture) {
  const Picture small = with_columns(picture, static_cast<int>(kPlotWidth));
  const Surface pixels = heat_map(small);
  cairo_save(cr);
  cairo_translate(cr, kLeft, kTop);
  cairo_rectangle(cr, 0, 0, kPlotWidth, kPlotHeight);
  cairo_clip(cr);
  cairo_scale(cr, kPlotWidth / small.columns, kPlotHeight / small.rows);
  cairo_set_source_surface(cr, pixels.get(), 0, 0);
  cairo_pattern_set_filter(cairo_get_source(cr), CAIRO_FILTER_NEAREST);
  cairo_paint(cr);
  cairo_restore(cr);
}

void draw_panel(cairo_t* cr, const Picture& picture) {
  set_colour(cr, 0.1);
  write(cr, picture.title, kTitleText, kLeft, kTop - 12, 0, 1, true);
  cairo_text_extents_t box;
  cairo_text_extents(cr, picture.title.c_str(), &box);
  set_colour(cr, 0.4);
  write(cr, picture.note, kTickText, kLeft + box.x_advance + 16, kTop - 13, 0, 1);
  draw_heat_map(cr, picture);
  draw_axes(cr, picture);
  draw_colour_bar(cr, picture);
}

}  // namespace

std::string pictures_png(const std::string& title, const std::string& text,
                         const std::vector<Picture>& pictures) {
  const Surface surface = make_surface(kWidth, kHead + kPanel * static_cast<int>(pictures.size()) + kFoot);
  const Context context(cairo_create(surface.get()));
  cairo_t* cr = context.get();
  cairo_set_source_rgb(cr, 1, 1, 1);
  cairo_paint(cr);
  set_colour(cr, 0.1);
  write(cr, title, kHeadText, kLeft, 58, 0, 1, true);
  set_colour(cr, 0.35);
  write(cr, text, kTitleText, kLeft, 66, 0, 0);
  cairo_translate(cr, 0, kHead);
  for (const Picture& picture : pictures) {
    draw_panel(cr, picture);
    cairo_translate(cr, 0, kPanel);
  }
  check_cairo(cairo_status(cr));
  return png_of(surface.get());
}

}  // namespace genretrack
