#include "host/report/trends_charts.h"

#include "host/report/vega.h"

namespace genretrack {
namespace {

using namespace vega;

json linear(const char* name, const char* range, const json& domain, bool zero) {
  return {{"name", name},     {"type", "linear"}, {"range", range},
          {"domain", domain}, {"zero", zero},     {"nice", zero}};
}

json time_axis() {
  return {{"orient", "bottom"}, {"scale", "x"}, {"format", "d"}, {"tickCount", 6}, {"tickMinStep", 1}};
}

constexpr const char* kBlue = "#4c78a8";
constexpr const char* kOrange = "#f58518";
constexpr const char* kGreen = "#54a24b";
constexpr const char* kRed = "#e45756";

json estimate_values(const TrendAnalysis& analysis, const ShareSeries& series, std::size_t genre) {
  json values = json::array();
  for (std::size_t i = 0; i < analysis.periods(); ++i) {
    const std::size_t cell = i * analysis.shares.genres.size() + genre;
    values.push_back({{"time", rounded(analysis.year_of(i))},
                      {"share", rounded(100 * series.values[cell])},
                      {"low", rounded(100 * series.low[cell])},
                      {"high", rounded(100 * series.high[cell])},
                      {"label", analysis.shares.periods.periods[i].label},
                      {"songs", analysis.shares.periods.periods[i].songs}});
  }
  return values;
}

// From the last period on; empty where no method showed skill for the genre.
json forecast_values(const TrendAnalysis& analysis, std::size_t genre) {
  json values = json::array();
  const double step =
      static_cast<double>(analysis.shares.periods.width) / steps_per_year(analysis.shares.periods.step);
  const double last = analysis.year_of(analysis.periods() - 1);
  for (const ForecastPath& path : analysis.backtest.paths)
    if (path.genre == genre)
      for (std::size_t h = 0; h < path.values.size(); ++h)
        values.push_back({{"time", rounded(last + step * static_cast<double>(h + 1))},
                          {"share", rounded(100 * path.values[h])},
                          {"low", rounded(100 * path.intervals[h].low)},
                          {"high", rounded(100 * path.intervals[h].high)}});
  return values;
}

json band_of(const char* data, const char* colour) {
  return mark("area", data,
              {{"x", field("x", "time")},
               {"y", field("y", "low")},
               {"y2", field("y", "high")},
               {"fill", value(colour)},
               {"fillOpacity", value(0.25)}});
}

json line_of(const char* data, const char* colour, double width, const json& dash) {
  return mark("line", data,
              {{"x", field("x", "time")},
               {"y", field("y", "share")},
               {"stroke", value(colour)},
               {"strokeWidth", value(width)},
               {"strokeDash", value(dash)}});
}

// One period makes no line, and points carry what a reader may want to know of theirs.
json dots_of(const char* data, const char* colour) {
  return mark(
      "symbol", data,
      {{"x", field("x", "time")},
       {"y", field("y", "share")},
       {"fill", value(colour)},
       {"size", value(14)},
       {"tooltip",
        {{"signal",
          "datum.label + ': ' + format(datum.share, '.1f') + ' %, ' + format(datum.low, '.1f') + ' to ' + "
          "format(datum.high, '.1f') + ', ' + datum.songs + ' songs'"}}}});
}

}  // namespace

json stacked_shares_chart(const TrendAnalysis& analysis) {
  json values = json::array();
  for (std::size_t i = 0; i < analysis.periods(); ++i)
    for (std::size_t genre = 0; genre < analysis.shares.genres.size(); ++genre)
      values.push_back(
          {{"time", rounded(analysis.year_of(i))},
           {"genre", analysis.shares.genres[genre]},
           {"order", genre},
           {"share", rounded(100 * analysis.shares.value(analysis.shares.primary(), i, genre))}});
  json chart = chart_of_height(300);
  json shares = values_of("shares", std::move(values));
  shares["transform"] = json::array({{{"type", "stack"},
                                      {"groupby", json::array({"time"})},
                                      {"sort", {{"field", "order"}}},
                                      {"field", "share"}}});
  chart["data"] = json::array({std::move(shares)});
  const char* scheme = analysis.shares.genres.size() > 10 ? "tableau20" : "tableau10";
  chart["scales"] = json::array({linear("x", "width", {{"data", "shares"}, {"field", "time"}}, false),
                                 linear("y", "height", json::array({0, 100}), false),
                                 {{"name", "color"},
                                  {"type", "ordinal"},
                                  {"domain", analysis.shares.genres},
                                  {"range", {{"scheme", scheme}}}}});
  chart["axes"] = json::array({time_axis(), {{"orient", "left"}, {"scale", "y"}, {"title", "share (%)"}}});
  chart["legends"] =
      json::array({{{"fill", "color"}, {"orient", "bottom"}, {"columns", 4}, {"symbolType", "square"}}});
  const json area = mark("area", "one",
                         {{"x", field("x", "time")},
                          {"y", field("y", "y0")},
                          {"y2", field("y", "y1")},
                          {"fill", field("color", "genre")},
                          {"tooltip", {{"field", "genre"}}}});
  // One period has no extent: bars then stand for areas.
  const json bar = mark("rect", "one",
                        {{"xc", {{"signal", "width / 2"}}},
                         {"width", {{"signal", "width / 4"}}},
                         {"y", field("y", "y0")},
                         {"y2", field("y", "y1")},
                         {"fill", field("color", "genre")}});
  chart["marks"] =
      json::array({{{"type", "group"},
                    {"from", {{"facet", {{"name", "one"}, {"data", "shares"}, {"groupby", "genre"}}}}},
                    {"marks", json::array({analysis.periods() > 1 ? area : bar})}}});
  return chart;
}

json genre_chart(const TrendAnalysis& analysis, std::size_t genre) {
  json chart = chart_of_height(150);
  chart["title"] = {
      {"text", analysis.shares.genres[genre]}, {"anchor", "start"}, {"limit", {{"signal", "width"}}}};
  json data = json::array({values_of("shares", estimate_values(analysis, analysis.shares.primary(), genre)),
                           values_of("forecast", forecast_values(analysis, genre))});
  json fields =
      json::array({{{"data", "shares"}, {"field", "high"}}, {{"data", "forecast"}, {"field", "high"}}});
  json marks = json::array({band_of("shares", kBlue)});
  if (analysis.shares.adjusted) {
    data.push_back(values_of("plain", estimate_values(analysis, analysis.shares.plain, genre)));
    data.push_back(values_of("em", estimate_values(analysis, *analysis.shares.em, genre)));
    marks.push_back(line_of("plain", kGreen, 1, json::array({3, 3})));
    marks.push_back(line_of("em", kOrange, 1, json::array({1, 0})));
    for (const char* name : {"plain", "em"}) fields.push_back({{"data", name}, {"field", "share"}});
  }
  marks.push_back(line_of("shares", kBlue, 1.6, json::array({1, 0})));
  marks.push_back(dots_of("shares", kBlue));
  marks.push_back(band_of("forecast", kRed));
  marks.push_back(line_of("forecast", kRed, 1.6, json::array({4, 3})));
  chart["data"] = data;
  const json times = {{"fields", json::array({{{"data", "shares"}, {"field", "time"}},
                                              {{"data", "forecast"}, {"field", "time"}}})}};
  chart["scales"] =
      json::array({linear("x", "width", times, false), linear("y", "height", {{"fields", fields}}, true)});
  json axis = {{"orient", "left"}, {"scale", "y"}, {"grid", true}, {"tickCount", 4}, {"title", "share (%)"}};
  json bottom = time_axis();
  bottom["tickCount"] = 4;
  chart["axes"] = json::array({bottom, axis});
  chart["marks"] = marks;
  offer_csv(chart, "shares");
  return chart;
}

json novelty_chart(const TrendAnalysis& analysis) {
  json values = json::array(), changes = json::array();
  for (std::size_t i = 0; i < analysis.periods(); ++i)
    values.push_back({{"time", rounded(analysis.year_of(i))},
                      {"share", rounded(std::max(0.0, analysis.changes->curve[i]))}});
  for (const ChangePoint& change : analysis.changes->segments.changes)
    changes.push_back({{"time", rounded(analysis.year_of(change.period))}});
  json chart = chart_of_height(160);
  chart["data"] = json::array({values_of("curve", values), values_of("changes", changes)});
  chart["scales"] = json::array(
      {linear("x", "width", {{"data", "curve"}, {"field", "time"}}, false),
       linear("y", "height", {{"signal", "[0, max(1.2, extent(pluck(data('curve'), 'share'))[1])]"}}, true)});
  chart["axes"] = json::array({time_axis(),
                               {{"orient", "left"},
                                {"scale", "y"},
                                {"title", "novelty / chance"},
                                {"tickCount", 4},
                                {"grid", true}}});
  const json chance = {{"x", value(0)},
                       {"x2", {{"signal", "width"}}},
                       {"y", {{"scale", "y"}, {"value", 1}}},
                       {"stroke", value(kRed)},
                       {"strokeDash", value(json::array({4, 3}))}};
  const json change = {{"x", field("x", "time")},
                       {"y", value(0)},
                       {"y2", {{"signal", "height"}}},
                       {"stroke", value(kOrange)},
                       {"strokeWidth", value(2)}};
  chart["marks"] = json::array({{{"type", "rule"}, {"encode", {{"enter", chance}, {"update", chance}}}},
                                mark("rule", "changes", change),
                                line_of("curve", kBlue, 1.6, json::array({1, 0}))});
  return chart;
}

json diversity_chart(const TrendAnalysis& analysis) {
  const Series& shannon = analysis.diversity.shannon;
  json values = json::array();
  for (std::size_t i = 0; i < analysis.periods(); ++i)
    values.push_back({{"time", rounded(analysis.year_of(i))},
                      {"share", rounded(shannon.values[i])},
                      {"low", rounded(shannon.values[i] - 1.96 * shannon.errors[i])},
                      {"high", rounded(shannon.values[i] + 1.96 * shannon.errors[i])}});
  json chart = chart_of_height(160);
  chart["data"] = json::array({values_of("shannon", values)});
  json vertical =
      linear("y", "height", {{"data", "shannon"}, {"fields", json::array({"low", "high"})}}, false);
  vertical["nice"] = true;
  chart["scales"] =
      json::array({linear("x", "width", {{"data", "shannon"}, {"field", "time"}}, false), vertical});
  chart["axes"] = json::array({time_axis(),
                               {{"orient", "left"},
                                {"scale", "y"},
                                {"title", "effective genres"},
                                {"tickCount", 4},
                                {"grid", true}}});
  chart["marks"] =
      json::array({band_of("shannon", kBlue), line_of("shannon", kBlue, 1.6, json::array({1, 0}))});
  return chart;
}

}  // namespace genretrack
