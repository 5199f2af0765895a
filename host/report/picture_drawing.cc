// Heat maps with their axes, drawn by cairo.
#include <algorithm>
#include <cmath>

#include "host/report/cairo_drawing.h"
#include "host/report/colour_map.h"
#include "host/report/picture.h"

namespace genretrack {
namespace {

// Pixels.
constexpr int kWidth = 1600, kHead = 110, kPanel = 390, kFoot = 10, kEdge = 40;
constexpr double kLeft = 110, kRight = 150, kTop = 50, kBottom = 70;  // around the heat map of a panel
constexpr double kPlotWidth = kWidth - kLeft - kRight, kPlotHeight = kPanel - kTop - kBottom;
constexpr double kBarLeft = kLeft + kPlotWidth + 28, kBarWidth = 18;
constexpr double kTickLength = 6, kTickText = 15, kTitleText = 19, kHeadText = 30;
constexpr double kSmallest = 0.75;  // of a text's size, before it is cut to fit
static_assert(kPlotWidth == kFileColumns);

struct DestroyContext {
  void operator()(cairo_t* context) const { cairo_destroy(context); }
};
using Context = std::unique_ptr<cairo_t, DestroyContext>;

struct DestroyPattern {
  void operator()(cairo_pattern_t* pattern) const { cairo_pattern_destroy(pattern); }
};
using Pattern = std::unique_ptr<cairo_pattern_t, DestroyPattern>;

void set_colour(cairo_t* cr, double grey) { cairo_set_source_rgb(cr, grey, grey, grey); }

void choose_font(cairo_t* cr, double size, bool bold) {
  cairo_select_font_face(cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
                         bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size(cr, size);
}

double width_of(cairo_t* cr, const std::string& text) {
  cairo_text_extents_t box;
  cairo_text_extents(cr, text.c_str(), &box);
  return box.x_advance;
}

// Text whose box touches (x, y) at `across` of its width and `up` of its height: 0 left or top, 1 right or
// bottom.
void write(cairo_t* cr, const std::string& text, double size, double x, double y, double across, double up,
           bool bold = false) {
  choose_font(cr, size, bold);
  cairo_font_extents_t font;
  cairo_font_extents(cr, &font);
  cairo_move_to(cr, x - across * width_of(cr, text), y + (1 - up) * font.ascent - up * font.descent);
  cairo_show_text(cr, text.c_str());
}

// Text that must not be wider than `room`: smaller first, then cut, with dots at its end.
void write_within(cairo_t* cr, std::string text, double size, double x, double y, double room, double up,
                  bool bold = false) {
  choose_font(cr, size, bold);
  const double share = std::clamp(room / std::max(1.0, width_of(cr, text)), kSmallest, 1.0);
  choose_font(cr, share * size, bold);
  if (width_of(cr, text) > room) {
    do {  // a whole character of UTF-8
      while (!text.empty() && (text.back() & 0xc0) == 0x80) text.pop_back();
      if (!text.empty()) text.pop_back();
    } while (!text.empty() && width_of(cr, text + "\u2026") > room);
    text += "\u2026";
  }
  write(cr, text, share * size, x, y, 0, up, bold);
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
  const Pattern colours(cairo_pattern_create_linear(0, bottom, 0, kTop));
  for (std::size_t i = 0; i < kColourStops.size(); ++i)
    cairo_pattern_add_color_stop_rgb(colours.get(), static_cast<double>(i) / (kColourStops.size() - 1),
                                     kColourStops[i].red / 255.0, kColourStops[i].green / 255.0,
                                     kColourStops[i].blue / 255.0);
  cairo_set_source(cr, colours.get());
  cairo_rectangle(cr, kBarLeft, kTop, kBarWidth, kPlotHeight);
  cairo_fill(cr);
  set_colour(cr, 0.25);
  for (const Tick& tick : picture.colour.ticks) {
    const double y = bottom - picture.colour.share(tick.at) * kPlotHeight, right = kBarLeft + kBarWidth;
    line(cr, right, y, right + kTickLength, y);
    write(cr, tick.label, kTickText, right + kTickLength + 4, y, 0, 0.5);
  }
  write_upwards(cr, picture.colour.title, kWidth - 22, kTop + kPlotHeight / 2);
}

// In pixels of the drawing, so that no viewer of an SVG file mixes the few rows of a chromagram.
Surface plot_pixels(const Picture& picture) {
  const Surface pixels = heat_map(picture);
  Surface plot = make_surface(static_cast<int>(kPlotWidth), static_cast<int>(kPlotHeight));
  const Context context(cairo_create(plot.get()));
  cairo_scale(context.get(), kPlotWidth / picture.columns, kPlotHeight / picture.rows);
  cairo_set_source_surface(context.get(), pixels.get(), 0, 0);
  cairo_pattern_set_filter(cairo_get_source(context.get()), CAIRO_FILTER_NEAREST);
  cairo_paint(context.get());
  check_cairo(cairo_status(context.get()));
  return plot;
}

void draw_heat_map(cairo_t* cr, const Picture& picture) {
  const Surface pixels = plot_pixels(picture);
  cairo_set_source_surface(cr, pixels.get(), kLeft, kTop);
  cairo_pattern_set_filter(cairo_get_source(cr), CAIRO_FILTER_NEAREST);
  cairo_paint(cr);
}

void draw_panel(cairo_t* cr, const Picture& whole) {
  const Picture picture = reduced(whole, kFileColumns, static_cast<int>(kPlotHeight));
  set_colour(cr, 0.1);
  write(cr, picture.title, kTitleText, kLeft, kTop - 12, 0, 1, true);
  const double note_left = kLeft + width_of(cr, picture.title) + 16;
  set_colour(cr, 0.4);
  write_within(cr, picture.note, kTickText, note_left, kTop - 13, kWidth - kEdge - note_left, 1);
  draw_heat_map(cr, picture);
  draw_axes(cr, picture);
  draw_colour_bar(cr, picture);
}

}  // namespace

DrawingSize drawing_size(std::size_t pictures) {
  return {kWidth, kHead + kPanel * static_cast<int>(pictures) + kFoot};
}

void draw_pictures(cairo_surface_t* surface, const std::string& title, const std::string& text,
                   const std::vector<Picture>& pictures) {
  const Context context(cairo_create(surface));
  cairo_t* cr = context.get();
  cairo_set_source_rgb(cr, 1, 1, 1);
  cairo_paint(cr);
  set_colour(cr, 0.1);
  write_within(cr, title, kHeadText, kLeft, 58, kWidth - kEdge - kLeft, 1, true);
  set_colour(cr, 0.35);
  write_within(cr, text, kTitleText, kLeft, 66, kWidth - kEdge - kLeft, 0);
  cairo_translate(cr, 0, kHead);
  for (const Picture& picture : pictures) {
    draw_panel(cr, picture);
    cairo_translate(cr, 0, kPanel);
  }
  check_cairo(cairo_status(cr));
}

}  // namespace genretrack
