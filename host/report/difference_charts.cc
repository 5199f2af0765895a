// Charts of gains, and of how true confidences are.
#include "host/report/comparison_charts.h"
#include "host/report/comparison_words.h"
#include "host/report/vega.h"

namespace genretrack {
namespace {

using namespace vega;

constexpr const char* kGainTooltip =
    "datum.run + (datum.genre ? ', ' + datum.genre : '') + ': ' + format(datum.gain, '+.1f') + ' points, ' + "
    "format(datum.low, '+.1f') + ' to ' + format(datum.high, '+.1f')";

// Points from left to right, zero always among them.
json points_scale(const char* data) {
  return {{"name", "x"},      {"type", "linear"},
          {"range", "width"}, {"nice", true},
          {"zero", true},     {"domain", {{"data", data}, {"fields", json::array({"low", "high"})}}}};
}

json zero_line() {
  const json line = {{"x", {{"scale", "x"}, {"value", 0}}},
                     {"y", value(0)},
                     {"y2", signal("height")},
                     {"stroke", value("#8a8f98")},
                     {"strokeDash", value(json::array({3, 3}))}};
  return {{"type", "rule"}, {"encode", {{"enter", line}, {"update", line}}}};
}

json gain_rule(const json& y) {
  return {{"y", y},
          {"x", field("x", "low")},
          {"x2", field("x", "high")},
          {"stroke", field("color", "kind")},
          {"strokeWidth", value(2)}};
}

json gain_dot(const json& y) {
  return {{"y", y},
          {"x", field("x", "gain")},
          {"fill", field("color", "kind")},
          {"size", value(80)},
          {"tooltip", signal(kGainTooltip)}};
}

json gains_axis(const char* title) {
  return {{"orient", "bottom"}, {"scale", "x"}, {"title", title}, {"grid", true}, {"tickCount", 6}};
}

const char* kind_of(const PairedComparison& pair) {
  switch (finding_of(pair)) {
    case Finding::kBetter:
      return "better";
    case Finding::kWorse:
      return "worse";
    case Finding::kTooFew:
      return "too few clips";
    case Finding::kNotShown:
      break;
  }
  return "not shown";
}

json bins_of(const ComparedRun& run) {
  json values = json::array();
  const auto add = [&](const std::optional<Reliability>& reliability, const char* kind) {
    if (!reliability) return;
    for (const ReliabilityBin& bin : reliability->bins)
      values.push_back({{"kind", kind},
                        {"clips", bin.clips},
                        {"confidence", rounded(bin.confidence)},
                        {"accuracy", rounded(bin.accuracy)},
                        {"low", rounded(bin.consistent.low)},
                        {"high", rounded(bin.consistent.high)}});
  };
  add(run.test.reliability, "as predicted");
  if (run.calibrated) add(run.calibrated->reliability, "after temperature");
  return values;
}

}  // namespace

json forest_chart(const Comparison& comparison) {
  json values = json::array();
  for (const Candidate& candidate : comparison.candidates)
    if (comparison.is_detailed(candidate.run))
      values.push_back({{"run", comparison.runs[candidate.run].label},
                        {"gain", 100 * candidate.pair.gain},
                        {"low", 100 * candidate.pair.interval.low},
                        {"high", 100 * candidate.pair.interval.high},
                        {"p", candidate.pair.adjusted_p},
                        {"kind", kind_of(candidate.pair)}});
  json chart = chart_of_height(34 * values.size() + 10);
  offer_csv(chart, "gains");
  chart["data"] = json::array({values_of("gains", std::move(values))});
  chart["scales"] = json::array({points_scale("gains"),
                                 {{"name", "y"},
                                  {"type", "band"},
                                  {"range", "height"},
                                  {"domain", {{"data", "gains"}, {"field", "run"}}}},
                                 {{"name", "color"},
                                  {"type", "ordinal"},
                                  {"domain", json::array({"better", "worse", "not shown", "too few clips"})},
                                  {"range", json::array({"#3d9a50", "#d1495b", "#7d8794", "#b08a3c"})}}});
  chart["axes"] = json::array(
      {gains_axis("gain in accuracy (points)"), {{"orient", "left"}, {"scale", "y"}, {"labelLimit", 200}}});
  chart["legends"] =
      json::array({{{"fill", "color"}, {"orient", "bottom"}, {"columns", 2}, {"symbolType", "circle"}}});
  chart["marks"] = json::array({zero_line(), mark("rule", "gains", gain_rule(middle_of("y", "run"))),
                                mark("symbol", "gains", gain_dot(middle_of("y", "run")))});
  return chart;
}

json genre_gains_chart(const Comparison& comparison) {
  json values = json::array(), runs = json::array();
  for (const Candidate& candidate : comparison.candidates) {
    if (candidate.genres.empty()) continue;
    const std::string& label = comparison.runs[candidate.run].label;
    runs.push_back(label);
    for (std::size_t genre = 0; genre < comparison.genres.size(); ++genre) {
      const GenreGain& gain = candidate.genres[genre];
      if (gain.clips == 0) continue;
      values.push_back({{"genre", comparison.genres[genre]},
                        {"run", label},
                        {"kind", label},
                        {"clips", gain.clips},
                        {"gain", 100 * gain.gain},
                        {"low", 100 * gain.interval.low},
                        {"high", 100 * gain.interval.high}});
    }
  }
  json chart = chart_of_height(comparison.genres.size() * (16 + 14 * runs.size()));
  offer_csv(chart, "gains");
  chart["data"] = json::array({values_of("gains", std::move(values))});
  chart["scales"] =
      json::array({points_scale("gains"),
                   {{"name", "y"},
                    {"type", "band"},
                    {"range", "height"},
                    {"padding", 0.2},
                    {"domain", comparison.genres}},
                   {{"name", "color"}, {"type", "ordinal"}, {"domain", runs}, {"range", "category"}}});
  chart["axes"] = json::array(
      {gains_axis("gain in recall (points)"), {{"orient", "left"}, {"scale", "y"}, {"labelLimit", 160}}});
  chart["legends"] =
      json::array({{{"fill", "color"}, {"orient", "bottom"}, {"columns", 1}, {"labelLimit", 300}}});
  const json facet = {{"name", "one"}, {"data", "gains"}, {"groupby", "genre"}};
  const json place = {{"y", field("y", "genre")}, {"height", {{"scale", "y"}, {"band", 1}}}};
  const json inner = {{"name", "place"}, {"type", "band"}, {"range", "height"}, {"domain", runs}};
  const json y = middle_of("place", "run");
  chart["marks"] = json::array(
      {zero_line(),
       {{"type", "group"},
        {"from", {{"facet", facet}}},
        {"encode", {{"enter", place}, {"update", place}}},
        {"signals", json::array({{{"name", "height"}, {"update", "bandwidth('y')"}}})},
        {"scales", json::array({inner})},
        {"marks", json::array({mark("rule", "one", gain_rule(y)), mark("symbol", "one", gain_dot(y))})}}});
  return chart;
}

json reliability_chart(const ComparedRun& run) {
  json chart = chart_of_height(260);
  chart["title"] = {{"text", run.label}, {"anchor", "start"}, {"limit", signal("width")}};
  offer_csv(chart, "bins");
  chart["data"] = json::array({values_of("bins", bins_of(run))});
  const auto share = [](const char* name, const char* range) {
    return json{{"name", name}, {"type", "linear"}, {"range", range}, {"domain", {0, 1}}};
  };
  chart["scales"] = json::array({share("x", "width"),
                                 share("y", "height"),
                                 {{"name", "color"},
                                  {"type", "ordinal"},
                                  {"domain", json::array({"as predicted", "after temperature"})},
                                  {"range", json::array({"#e08214", "#3b82c4"})}}});
  chart["axes"] = json::array(
      {{{"orient", "bottom"}, {"scale", "x"}, {"title", "confidence"}, {"tickCount", 5}, {"format", ".1f"}},
       {{"orient", "left"}, {"scale", "y"}, {"title", "accuracy"}, {"grid", true}, {"tickCount", 5}}});
  chart["legends"] =
      json::array({{{"fill", "color"}, {"orient", "bottom"}, {"columns", 2}, {"symbolType", "circle"}}});
  const json line = {
      {"x", value(0)},  {"y", signal("height")},      {"x2", signal("width")},
      {"y2", value(0)}, {"stroke", value("#8a8f98")}, {"strokeDash", value(json::array({3, 3}))}};
  const json bar = {{"x", field("x", "confidence")}, {"y", field("y", "low")},
                    {"y2", field("y", "high")},      {"stroke", field("color", "kind")},
                    {"strokeWidth", value(6)},       {"strokeOpacity", value(0.25)}};
  const json dot = {
      {"x", field("x", "confidence")},
      {"y", field("y", "accuracy")},
      {"fill", field("color", "kind")},
      {"size", value(60)},
      {"tooltip", signal("datum.kind + ', ' + datum.clips + ' clips: confidence ' + format(datum.confidence, "
                         "'.2f') + ', accuracy ' + format(datum.accuracy, '.2f')")}};
  chart["marks"] = json::array({{{"type", "rule"}, {"encode", {{"enter", line}, {"update", line}}}},
                                mark("rule", "bins", bar),
                                mark("symbol", "bins", dot)});
  return chart;
}

}  // namespace genretrack
