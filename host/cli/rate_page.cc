// The page of a search for learning rates.
#include <spdlog/fmt/fmt.h>

#include <cmath>

#include "host/cli/find_learning_rate.h"
#include "host/report/page.h"

namespace genretrack {
namespace {

using nlohmann::json;

constexpr double kWorthShowing = 3;  // times the first loss: the climb of a divergence hides the rest

json value_of(const char* value) { return {{"value", value}}; }

json line_mark(const char* field, const char* colour, double width, double opacity) {
  const json encoding = {{"x", {{"scale", "x"}, {"field", "rate"}}},
                         {"y", {{"scale", "y"}, {"field", field}}},
                         {"stroke", value_of(colour)},
                         {"strokeWidth", {{"value", width}}},
                         {"strokeOpacity", {{"value", opacity}}}};
  return {{"type", "line"},
          {"from", {{"data", "steps"}}},
          {"clip", true},
          {"encode", {{"enter", encoding}, {"update", encoding}}}};
}

json rule_mark(double rate, const std::string& what, const char* colour) {
  const json encoding = {{"x", {{"scale", "x"}, {"value", rate}}},
                         {"y", {{"value", 0}}},
                         {"y2", {{"signal", "height"}}},
                         {"stroke", value_of(colour)},
                         {"strokeWidth", {{"value", 2}}},
                         {"strokeDash", {{"value", {5, 4}}}},
                         {"tooltip", {{"value", what + ": " + rate_text(rate)}}}};
  return {{"type", "rule"}, {"encode", {{"enter", encoding}, {"update", encoding}}}};
}

json rate_chart(const RateTest& test) {
  json steps = json::array();
  for (const RateStep& step : test.steps)
    if (std::isfinite(step.loss))
      steps.push_back({{"rate", step.rate}, {"loss", step.loss}, {"smoothed", step.smoothed}});
  json chart = {{"$schema", "https://vega.github.io/schema/vega/v5.json"},
                {"width", 400},
                {"height", 260},
                {"padding", 5},
                {"autosize", {{"type", "fit-x"}, {"contains", "padding"}}}};
  chart["data"] = json::array({{{"name", "steps"}, {"values", std::move(steps)}}});
  chart["scales"] = json::array({{{"name", "x"},
                                  {"type", "log"},
                                  {"range", "width"},
                                  {"domain", {{"data", "steps"}, {"field", "rate"}}}},
                                 {{"name", "y"},
                                  {"type", "linear"},
                                  {"range", "height"},
                                  {"zero", true},
                                  {"nice", true},
                                  {"domainMax", kWorthShowing * test.steps.front().smoothed},
                                  {"domain", {{"data", "steps"}, {"field", "smoothed"}}}}});
  chart["axes"] = json::array(
      {{{"orient", "bottom"},
        {"scale", "x"},
        {"title", "learning rate"},
        {"format", "~e"},
        {"grid", true},
        {"tickCount", 6},
        {"labelOverlap", true}},
       {{"orient", "left"}, {"scale", "y"}, {"title", "loss"}, {"grid", true}, {"tickCount", 6}}});
  chart["marks"] =
      json::array({line_mark("loss", "#9ecae9", 1, 0.8), line_mark("smoothed", "#4c78a8", 2.5, 1)});
  if (test.suggestion > 0) {
    chart["marks"].push_back(rule_mark(test.steps[test.steepest].rate, "steepest fall", "#f58518"));
    if (test.tenth > 0) chart["marks"].push_back(rule_mark(test.tenth, "a tenth of divergence", "#54a24b"));
  }
  return chart;
}

std::string sentence(const RateTest& test) {
  if (test.suggestion == 0) return "The loss never falls: no rate of this range teaches this network.";
  std::string text = "The loss falls fastest at " + rate_text(test.steps[test.steepest].rate) + " (orange)";
  text += test.tenth > 0 ? "; a tenth of the rate of its least value before it diverges is " +
                               rate_text(test.tenth) + " (green)."
                         : "; it did not diverge in this range.";
  return text;
}

}  // namespace

std::string rate_page(const std::vector<FoundRate>& all) {
  Page page("Learning rates");
  page.paragraph(
      "Each network was trained from its first weights while the learning rate grew by the same factor in "
      "every step (the range test of Smith 2017). Light: the loss of each batch before its update; dark: "
      "smoothed. The suggestion is the smaller of the two marked rates.");
  Table table;
  table.header = {"run", "network", "suggested", "now"};
  for (const FoundRate& found : all)
    table.rows.push_back(
        {found.experiment, found.network, rate_text(found.test.suggestion), rate_text(found.learning_rate)});
  page.table(table, "/training/optimizer/learning_rate");
  for (const FoundRate& found : all) {
    page.heading(found.experiment + ": " + found.network);
    page.paragraph(sentence(found.test));
    page.chart(rate_chart(found.test),
               "Loss over the learning rate of " + found.network + ", each batch and smoothed.");
  }
  return page.html();
}

}  // namespace genretrack
