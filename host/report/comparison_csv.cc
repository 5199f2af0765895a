// summary.csv: one row per run, one line in pandas.
#include <functional>

#include "host/core/csv.h"
#include "host/report/comparison_report.h"

namespace genretrack {
namespace {

std::string number(double value) { return number_text(value); }

using Cells = std::vector<std::pair<std::string, std::string>>;  // column and cell

void add_figure(Cells& cells, const std::string& name, double value,
                const std::optional<Interval>& interval) {
  cells.emplace_back(name, number(value));
  cells.emplace_back(name + "_low", interval ? number(interval->low) : "");
  cells.emplace_back(name + "_high", interval ? number(interval->high) : "");
}

void add_described(Cells& cells, const std::string& prefix, const Described& described) {
  add_figure(cells, prefix + "log_loss", described.metrics.log_loss, described.intervals.log_loss);
  add_figure(cells, prefix + "brier", described.metrics.brier, described.intervals.brier);
  const std::optional<Reliability>& reliability = described.reliability;
  cells.emplace_back(prefix + "calibration_error", reliability ? number(reliability->error) : "");
  const std::optional<Interval> interval = reliability ? reliability->interval : std::nullopt;
  cells.emplace_back(prefix + "calibration_error_low", interval ? number(interval->low) : "");
  cells.emplace_back(prefix + "calibration_error_high", interval ? number(interval->high) : "");
}

void add_candidate(Cells& cells, const Comparison& comparison, const Candidate* candidate) {
  const auto add = [&](const char* name, const std::function<std::string(const Candidate&)>& cell) {
    cells.emplace_back(name, candidate != nullptr ? cell(*candidate) : "");
  };
  add("verdict", [&](const Candidate& c) { return verdict_word(comparison, c); });
  add("gain", [](const Candidate& c) { return number(c.pair.gain); });
  add("gain_low", [](const Candidate& c) { return number(c.pair.interval.low); });
  add("gain_high", [](const Candidate& c) { return number(c.pair.interval.high); });
  add("gain_level", [](const Candidate& c) { return number(c.pair.level); });
  add("p", [](const Candidate& c) { return number(c.pair.p); });
  add("p_holm", [](const Candidate& c) { return number(c.pair.adjusted_p); });
  add("p_mcnemar", [](const Candidate& c) { return number(c.pair.mcnemar_p); });
  add("smallest_gain",
      [](const Candidate& c) { return c.pair.smallest_gain ? number(*c.pair.smallest_gain) : ""; });
}

Cells row_of(const Comparison& comparison, std::size_t index, const Candidate* candidate) {
  const ComparedRun& run = comparison.runs[index];
  const Metrics& metrics = run.test.metrics;
  const RunFigures& intervals = run.test.intervals;
  Cells cells = {{"run", spreadsheet_text(run.label)},
                 {"path", spreadsheet_text(run.run.path.string())},
                 {"fusion", spreadsheet_text(run.run.fusion.value_or(""))},
                 {"model", spreadsheet_text(run.run.model)},
                 {"dataset", spreadsheet_text(run.run.dataset)},
                 {"split", spreadsheet_text(run.run.split)},
                 {"parameters", std::to_string(run.run.parameters)},
                 {"seeds", std::to_string(run.run.seeds.size())},
                 {"folds", std::to_string(run.run.folds)},
                 {"clips", std::to_string(metrics.clips)},
                 {"reference", comparison.reference == index ? "True" : "False"}};
  add_figure(cells, "accuracy", metrics.accuracy, intervals.accuracy);
  add_figure(cells, "balanced_accuracy", metrics.balanced_accuracy, intervals.balanced_accuracy);
  add_figure(cells, "macro_f1", metrics.macro_f1, intervals.macro_f1);
  add_described(cells, "", run.test);
  cells.emplace_back("temperature", run.temperature ? number(*run.temperature) : "");
  if (run.calibrated)
    add_described(cells, "calibrated_", *run.calibrated);
  else
    for (const char* name : {"log_loss", "brier", "calibration_error"})
      for (const char* end : {"", "_low", "_high"})
        cells.emplace_back(std::string("calibrated_") + name + end, "");
  cells.emplace_back("validation_accuracy", run.validation ? number(run.validation->accuracy) : "");
  cells.emplace_back("seed_accuracy", number(run.seed_accuracy.mean));
  cells.emplace_back("seed_accuracy_deviation",
                     run.seed_accuracy.deviation ? number(*run.seed_accuracy.deviation) : "");
  add_candidate(cells, comparison, candidate);
  for (std::size_t genre = 0; genre < comparison.genres.size(); ++genre) {
    const GenreMetrics& one = metrics.genres[genre];
    cells.emplace_back(spreadsheet_text("recall " + comparison.genres[genre]),
                       one.clips > 0 ? number(one.recall) : "");
    cells.emplace_back(spreadsheet_text("precision " + comparison.genres[genre]),
                       intervals.precision[genre] ? number(one.precision) : "");
  }
  return cells;
}

}  // namespace

std::string spreadsheet_text(const std::string& text) {
  const bool formula =
      !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos;
  return formula ? "'" + text : text;
}

std::string comparison_csv(const Comparison& comparison) {
  std::vector<const Candidate*> candidate_of(comparison.runs.size());
  for (const Candidate& candidate : comparison.candidates) candidate_of[candidate.run] = &candidate;
  std::string text;
  for (std::size_t run = 0; run < comparison.runs.size(); ++run) {
    std::vector<std::string> names, row;
    for (auto& [name, cell] : row_of(comparison, run, candidate_of[run])) {
      names.push_back(name);
      row.push_back(cell);
    }
    if (run == 0) text += csv_line(names);
    text += csv_line(row);
  }
  return text;
}

}  // namespace genretrack
