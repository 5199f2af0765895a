#include "host/report/features_page.h"

#include <algorithm>

#include "host/report/colour_map.h"
#include "host/report/page.h"

namespace genretrack {
namespace {

using nlohmann::json;

constexpr int kPlotHeight = 240, kBarGap = 14, kBarWidth = 12;  // pixels
constexpr int kMostRows = 2 * kPlotHeight;  // for screens with two pixels where others have one

json positions(const Axis& axis) {
  json at = json::array();
  for (const Tick& tick : axis.ticks) at.push_back(tick.at);
  return at;
}

// Ticks are written as the axis says, whatever Vega would make of their values.
json labels_of(const Axis& axis, const std::string& name) {
  json labels = json::array();
  for (const Tick& tick : axis.ticks) labels.push_back(tick.label);
  return {{"name", name}, {"type", "ordinal"}, {"domain", positions(axis)}, {"range", labels}};
}

json scale_of(const Axis& axis, const std::string& name, const std::string& range) {
  return {{"name", name},
          {"type", "linear"},
          {"domain", {axis.low, axis.high}},
          {"range", range},
          {"zero", false}};
}

// The axes of all pictures take the same room, so that one second is as wide in each.
json axis_of(const Axis& axis, const std::string& scale, const std::string& side, int room) {
  return {
      {"orient", side},
      {"scale", scale},
      {"title", axis.title},
      {"values", positions(axis)},
      {"labelOverlap", true},
      {"minExtent", room},
      {"maxExtent", room},
      {"encode", {{"labels", {{"update", {{"text", {{"scale", scale + "_labels"}, {"field", "value"}}}}}}}}}};
}

json colour_bar_axis(const Axis& axis) {
  json bar = axis_of(axis, "colour", "right", 34);
  bar["offset"] = kBarGap + kBarWidth;
  bar["domain"] = false;
  return bar;
}

json colour_bar() {
  json stops = json::array();
  for (std::size_t i = 0; i < kColourStops.size(); ++i) {
    const Colour& c = kColourStops[i];
    stops.push_back({{"offset", static_cast<double>(i) / (kColourStops.size() - 1)},
                     {"color", "rgb(" + std::to_string(c.red) + "," + std::to_string(c.green) + "," +
                                   std::to_string(c.blue) + ")"}});
  }
  const json gradient = {{"gradient", "linear"}, {"x1", 0}, {"y1", 1}, {"x2", 0}, {"y2", 0},
                         {"stops", stops}};
  return {{"x", {{"signal", "width"}, {"offset", kBarGap}}},
          {"width", {{"value", kBarWidth}}},
          {"y", {{"value", 0}}},
          {"height", {{"signal", "height"}}},
          {"fill", {{"value", gradient}}}};
}

json mark(const std::string& type, const json& encoding) {
  return {{"type", type}, {"encode", {{"update", encoding}}}};
}

// Browsers mix neighbours in both directions. Where columns must be mixed, rows as tall as on the page keep
// the few rows of a chromagram apart.
Picture with_tall_rows(const Picture& picture) {
  const int times = std::max(1, kPlotHeight / std::max(1, picture.rows));
  Picture tall = picture;
  tall.rows *= times;
  tall.values.clear();
  const auto columns = static_cast<std::ptrdiff_t>(picture.columns);
  for (int row = 0; row < tall.rows; ++row) {
    const auto first = picture.values.begin() + row / times * columns;
    tall.values.insert(tall.values.end(), first, first + columns);
  }
  return tall;
}

}  // namespace

json picture_chart(const Picture& picture) {
  const Picture small = with_tall_rows(reduced(picture, kPageColumns, kMostRows));
  const std::string url = "data:image/png;base64," + base64(heat_map_png(small));
  const json image = {{"x", {{"value", 0}}},
                      {"y", {{"value", 0}}},
                      {"width", {{"signal", "width"}}},
                      {"height", {{"signal", "height"}}},
                      {"url", {{"value", url}}},
                      {"aspect", {{"value", false}}},
                      // Values stay sharp; where there are fewer pixels than values, neighbours are mixed.
                      {"smooth",
                       {{"signal", "width < " + std::to_string(small.columns) + " || height < " +
                                       std::to_string(small.rows)}}}};
  const Axis &x = picture.x, &y = picture.y, &colour = picture.colour;
  return {{"$schema", "https://vega.github.io/schema/vega/v5.json"},
          {"width", 600},
          {"height", kPlotHeight},
          {"padding", 5},
          {"autosize", {{"type", "fit-x"}, {"contains", "padding"}}},
          {"scales", json::array({scale_of(x, "x", "width"), scale_of(y, "y", "height"),
                                  scale_of(colour, "colour", "height"), labels_of(x, "x_labels"),
                                  labels_of(y, "y_labels"), labels_of(colour, "colour_labels")})},
          {"axes", json::array({axis_of(x, "x", "bottom", 18), axis_of(y, "y", "left", 38),
                                colour_bar_axis(colour)})},
          {"marks", json::array({mark("image", image), mark("rect", colour_bar())})}};
}

std::string features_page(const std::string& title, const std::vector<std::string>& paragraphs,
                          const std::vector<Picture>& pictures) {
  Page page(title);
  for (const std::string& text : paragraphs) page.paragraph(text);
  for (const Picture& whole : pictures) {
    const Picture picture = reduced(whole, kPageColumns, kMostRows);
    page.heading(picture.title);
    if (!picture.note.empty()) page.paragraph(picture.note);
    page.chart(picture_chart(picture), picture.title + ": heat map of " + picture.colour.title + " over " +
                                           picture.x.title + " and " + picture.y.title + ".");
  }
  return page.html();
}

}  // namespace genretrack
