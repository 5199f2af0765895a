#include "host/report/comparison_charts.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "host/report/vega.h"

namespace genretrack {
namespace {

using namespace vega;

struct TrainingData {
  json epochs = json::array(), branches = json::array(), kept = json::array();
};

TrainingData training_data(const ComparedRun& run) {
  TrainingData data;
  for (const TrainingRecord& training : run.run.trainings) {
    std::map<std::string, const EpochRecord*> best;
    for (const EpochRecord& epoch : training.epochs) {
      if (std::find(data.branches.begin(), data.branches.end(), epoch.branch) == data.branches.end())
        data.branches.push_back(epoch.branch);
      data.epochs.push_back({{"line", training.folder},
                             {"branch", epoch.branch},
                             {"epoch", epoch.epoch},
                             {"training", rounded(epoch.train_loss)},
                             {"validation", rounded(epoch.validation_loss)}});
      if (epoch.best) best[epoch.branch] = &epoch;
    }
    for (const auto& [branch, epoch] : best)
      data.kept.push_back(
          {{"branch", branch}, {"epoch", epoch->epoch}, {"loss", rounded(epoch->validation_loss)}});
  }
  return data;
}

}  // namespace

json accuracy_chart(const Comparison& comparison) {
  json values = json::array();
  for (const std::size_t i : comparison.detailed) {
    const ComparedRun& run = comparison.runs[i];
    values.push_back({{"run", run.label},
                      {"accuracy", 100 * run.test.metrics.accuracy},
                      {"low", 100 * run.test.intervals.accuracy->low},
                      {"high", 100 * run.test.intervals.accuracy->high},
                      {"kind", comparison.reference == i ? "reference"
                               : run.fused()             ? "fused"
                                                         : "single"}});
  }
  json chart = chart_of_height(30 * comparison.detailed.size() + 10);
  chart["data"] = json::array({values_of("runs", std::move(values))});
  chart["scales"] = json::array({{{"name", "x"},
                                  {"type", "linear"},
                                  {"range", "width"},
                                  {"nice", true},
                                  {"zero", false},
                                  {"domain", {{"data", "runs"}, {"fields", json::array({"low", "high"})}}}},
                                 {{"name", "y"},
                                  {"type", "band"},
                                  {"range", "height"},
                                  {"domain", {{"data", "runs"}, {"field", "run"}}}},
                                 {{"name", "color"},
                                  {"type", "ordinal"},
                                  {"domain", json::array({"single", "reference", "fused"})},
                                  {"range", json::array({"#4c78a8", "#e45756", "#f58518"})}}});
  offer_csv(chart, "runs");
  chart["axes"] = json::array(
      {{{"orient", "bottom"}, {"scale", "x"}, {"title", "accuracy (%)"}, {"grid", true}, {"tickCount", 6}},
       {{"orient", "left"}, {"scale", "y"}, {"labelLimit", 200}}});
  chart["legends"] = json::array({{{"fill", "color"}, {"orient", "bottom"}, {"direction", "horizontal"}}});
  const json rule = {{"y", middle_of("y", "run")},
                     {"x", field("x", "low")},
                     {"x2", field("x", "high")},
                     {"stroke", field("color", "kind")},
                     {"strokeWidth", {{"value", 2}}}};
  const json dot = {{"y", middle_of("y", "run")},
                    {"x", field("x", "accuracy")},
                    {"fill", field("color", "kind")},
                    {"size", {{"value", 90}}},
                    {"tooltip",
                     {{"signal",
                       "datum.run + ': ' + format(datum.accuracy, '.1f') + ' %, ' + "
                       "format(datum.low, '.1f') + ' to ' + format(datum.high, '.1f')"}}}};
  chart["marks"] = json::array(
      {{{"type", "rule"}, {"from", {{"data", "runs"}}}, {"encode", {{"enter", rule}, {"update", rule}}}},
       {{"type", "symbol"}, {"from", {{"data", "runs"}}}, {"encode", {{"enter", dot}, {"update", dot}}}}});
  return chart;
}

json confusion_chart(const ComparedRun& run) {
  const std::vector<std::string>& genres = run.run.genres;
  json values = json::array();
  for (std::size_t truth = 0; truth < genres.size(); ++truth)
    for (std::size_t predicted = 0; predicted < genres.size(); ++predicted) {
      const std::size_t count = run.test.metrics.confusion[truth * genres.size() + predicted];
      const std::size_t all = std::max<std::size_t>(1, run.test.metrics.genres[truth].clips);
      values.push_back({{"truth", genres[truth]},
                        {"predicted", genres[predicted]},
                        {"count", count},
                        {"share", static_cast<double>(count) / static_cast<double>(all)}});
    }
  json chart = chart_of_height(28 * genres.size());
  chart["title"] = {{"text", run.label}, {"anchor", "start"}, {"limit", {{"signal", "width"}}}};
  offer_csv(chart, "cells");
  chart["data"] = json::array({values_of("cells", std::move(values))});
  chart["scales"] = json::array(
      {{{"name", "x"}, {"type", "band"}, {"range", "width"}, {"domain", genres}},
       {{"name", "y"}, {"type", "band"}, {"range", "height"}, {"domain", genres}},
       {{"name", "color"}, {"type", "linear"}, {"domain", {0, 1}}, {"range", {{"scheme", "blues"}}}}});
  chart["axes"] = json::array({{{"orient", "bottom"},
                                {"scale", "x"},
                                {"title", "predicted"},
                                {"labelAngle", -45},
                                {"labelAlign", "right"}},
                               {{"orient", "left"}, {"scale", "y"}, {"title", "truth"}}});
  const json cell = {{"x", field("x", "predicted")},
                     {"y", field("y", "truth")},
                     {"width", {{"scale", "x"}, {"band", 1}}},
                     {"height", {{"scale", "y"}, {"band", 1}}},
                     {"fill", field("color", "share")}};
  const json text = {
      {"x", middle_of("x", "predicted")}, {"y", middle_of("y", "truth")},
      {"align", {{"value", "center"}}},   {"baseline", {{"value", "middle"}}},
      {"text", {{"field", "count"}}},     {"fill", {{"signal", "datum.share > 0.5 ? 'white' : '#202020'"}}}};
  chart["marks"] = json::array(
      {{{"type", "rect"}, {"from", {{"data", "cells"}}}, {"encode", {{"enter", cell}, {"update", cell}}}},
       {{"type", "text"}, {"from", {{"data", "cells"}}}, {"encode", {{"enter", text}, {"update", text}}}}});
  return chart;
}

json training_chart(const ComparedRun& run) {
  TrainingData data = training_data(run);
  json chart = chart_of_height(220);
  chart["title"] = {{"text", run.label}, {"anchor", "start"}, {"limit", {{"signal", "width"}}}};
  offer_csv(chart, "epochs");
  json epochs = values_of("epochs", std::move(data.epochs));
  epochs["transform"] = json::array({{{"type", "fold"},
                                      {"fields", json::array({"training", "validation"})},
                                      {"as", json::array({"kind", "loss"})}}});
  chart["data"] = json::array({epochs, values_of("kept", std::move(data.kept))});
  chart["scales"] =
      json::array({{{"name", "x"},
                    {"type", "linear"},
                    {"range", "width"},
                    {"zero", false},
                    {"domain", {{"data", "epochs"}, {"field", "epoch"}}}},
                   {{"name", "y"},
                    {"type", "linear"},
                    {"range", "height"},
                    {"nice", true},
                    {"domain", {{"data", "epochs"}, {"field", "loss"}}}},
                   {{"name", "color"}, {"type", "ordinal"}, {"domain", data.branches}, {"range", "category"}},
                   {{"name", "dash"},
                    {"type", "ordinal"},
                    {"domain", json::array({"training", "validation"})},
                    {"range", json::array({json::array({4, 3}), json::array({1, 0})})}}});
  chart["axes"] = json::array(
      {{{"orient", "bottom"}, {"scale", "x"}, {"title", "epoch"}, {"format", "d"}, {"tickMinStep", 1}},
       {{"orient", "left"}, {"scale", "y"}, {"title", "loss"}, {"grid", true}}});
  // In few columns, so that four branches and two kinds of line fit a narrow window.
  const json branches = {{"stroke", "color"}, {"orient", "bottom"}, {"columns", 2}, {"symbolType", "stroke"}};
  const json kinds = {{"strokeDash", "dash"}, {"orient", "bottom"}, {"columns", 1}, {"symbolType", "stroke"}};
  chart["legends"] = json::array({branches, kinds});
  const json line = {{"x", field("x", "epoch")},           {"y", field("y", "loss")},
                     {"stroke", field("color", "branch")}, {"strokeDash", field("dash", "kind")},
                     {"strokeWidth", {{"value", 1.2}}},    {"strokeOpacity", {{"value", 0.7}}}};
  const json dot = {{"x", field("x", "epoch")},
                    {"y", field("y", "loss")},
                    {"fill", field("color", "branch")},
                    {"size", {{"value", 40}}}};
  const json facet = {
      {"name", "one"}, {"data", "epochs"}, {"groupby", json::array({"line", "branch", "kind"})}};
  const json lines = {
      {"type", "line"}, {"from", {{"data", "one"}}}, {"encode", {{"enter", line}, {"update", line}}}};
  chart["marks"] = json::array(
      {{{"type", "group"}, {"from", {{"facet", facet}}}, {"marks", json::array({lines})}},
       {{"type", "symbol"}, {"from", {{"data", "kept"}}}, {"encode", {{"enter", dot}, {"update", dot}}}}});
  return chart;
}

}  // namespace genretrack
