#include "host/cli/doctor_charts.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace genretrack {
namespace {

using nlohmann::json;

constexpr double kLowestLevel = -100;  // dBFS

double rounded(double value) { return std::round(value * 100) / 100; }

// The values of a genre as the five figures that are drawn.
json figures(const std::string& genre, std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto at = [&](double share) {
    return rounded(
        values[static_cast<std::size_t>(std::lround(share * static_cast<double>(values.size() - 1)))]);
  };
  return {{"genre", genre},    {"least", at(0)},   {"low", at(0.25)},
          {"median", at(0.5)}, {"high", at(0.75)}, {"most", at(1)}};
}

template <class Value>
json values_by_genre(const DoctorReport& report, const Value& value) {
  std::map<std::string, std::vector<double>> values;
  for (std::size_t i = 0; i < report.facts.size(); ++i)
    if (report.facts[i].error.empty())
      values[report.dataset.clips[i].genre].push_back(value(report.facts[i]));
  json rows = json::array();
  for (auto& [genre, of_genre] : values) rows.push_back(figures(genre, std::move(of_genre)));
  return rows;
}

json rule(const char* from, const char* to, double width) {
  const json encoding = {{"y", {{"scale", "y"}, {"field", "genre"}, {"band", 0.5}}},
                         {"x", {{"scale", "x"}, {"field", from}}},
                         {"x2", {{"scale", "x"}, {"field", to}}},
                         {"stroke", {{"value", "#4c78a8"}}},
                         {"strokeCap", {{"value", "round"}}},
                         {"strokeWidth", {{"value", width}}}};
  return {{"type", "rule"},
          {"from", {{"data", "genres"}}},
          {"encode", {{"enter", encoding}, {"update", encoding}}}};
}

json range_chart(json rows, const std::string& title) {
  json chart = {{"$schema", "https://vega.github.io/schema/vega/v5.json"},
                {"width", 400},
                {"height", 24 * rows.size() + 10},
                {"padding", 5},
                {"autosize", {{"type", "fit-x"}, {"contains", "padding"}}}};
  chart["data"] = json::array({{{"name", "genres"}, {"values", std::move(rows)}}});
  chart["scales"] =
      json::array({{{"name", "x"},
                    {"type", "linear"},
                    {"range", "width"},
                    {"nice", true},
                    {"zero", false},
                    {"domain", {{"data", "genres"}, {"fields", json::array({"least", "most"})}}}},
                   {{"name", "y"},
                    {"type", "band"},
                    {"range", "height"},
                    {"domain", {{"data", "genres"}, {"field", "genre"}}}}});
  chart["axes"] =
      json::array({{{"orient", "bottom"}, {"scale", "x"}, {"title", title}, {"grid", true}, {"tickCount", 6}},
                   {{"orient", "left"}, {"scale", "y"}, {"labelLimit", 140}}});
  const json dot = {{"y", {{"scale", "y"}, {"field", "genre"}, {"band", 0.5}}},
                    {"x", {{"scale", "x"}, {"field", "median"}}},
                    {"fill", {{"value", "#f58518"}}},
                    {"size", {{"value", 70}}},
                    {"tooltip",
                     {{"signal",
                       "datum.genre + ': ' + datum.least + ' to ' + datum.most + ', median ' + "
                       "datum.median"}}}};
  chart["marks"] = json::array(
      {rule("least", "most", 1.5),
       rule("low", "high", 6),
       {{"type", "symbol"}, {"from", {{"data", "genres"}}}, {"encode", {{"enter", dot}, {"update", dot}}}}});
  return chart;
}

}  // namespace

json length_chart(const DoctorReport& report) {
  return range_chart(values_by_genre(report, [](const ClipFacts& facts) { return facts.seconds; }),
                     "length (s)");
}

json level_chart(const DoctorReport& report) {
  const auto level = [](const ClipFacts& facts) {
    return std::max(kLowestLevel, 20 * std::log10(std::max(facts.signal.mono_rms, 1e-9)));
  };
  return range_chart(values_by_genre(report, level), "level (dBFS, RMS)");
}

}  // namespace genretrack
