#include "host/report/comparison_tables.h"

#include <algorithm>

#include "host/report/comparison_words.h"

namespace genretrack {
namespace {

std::string p_value(double value) { return fixed(value, value < 0.1 ? 4 : 2); }

std::string labelled(const Comparison& comparison, std::size_t run) {
  return comparison.runs[run].label + (comparison.reference == run ? " (reference)" : "");
}

std::string percent_with(double value, const std::optional<Interval>& interval) {
  return percent(value) + (interval ? " (" + percent_interval(*interval) + ")" : "");
}

std::string fixed_with(double value, const std::optional<Interval>& interval) {
  std::string text = fixed(value, 3);
  if (interval) text += " (" + fixed(interval->low, 3) + " to " + fixed(interval->high, 3) + ")";
  return text;
}

template <class Value>
Table genre_table(const Comparison& comparison, const std::string& title, const Value& value) {
  Table table;
  table.header = {title, "clips"};
  for (const std::size_t run : comparison.detailed) table.header.push_back(comparison.runs[run].label);
  for (std::size_t genre = 0; genre < comparison.genres.size(); ++genre) {
    const std::size_t clips = comparison.runs.front().test.metrics.genres[genre].clips;
    std::vector<std::string> row = {comparison.genres[genre], std::to_string(clips)};
    for (const std::size_t run : comparison.detailed) row.push_back(value(comparison.runs[run], genre));
    table.rows.push_back(row);
  }
  return table;
}

}  // namespace

Table metrics_table(const Comparison& comparison) {
  Table table;
  table.header = {"run",      "accuracy %", "95 % interval", "balanced %",
                  "macro F1", "log loss",   "Brier",         "validation %"};
  for (std::size_t i = 0; i < comparison.runs.size(); ++i) {
    const ComparedRun& run = comparison.runs[i];
    const Metrics& metrics = run.test.metrics;
    table.rows.push_back({labelled(comparison, i), percent(metrics.accuracy),
                          percent_interval(*run.test.intervals.accuracy), percent(metrics.balanced_accuracy),
                          fixed(metrics.macro_f1, 3), fixed(metrics.log_loss, 3), fixed(metrics.brier, 3),
                          run.validation ? percent(run.validation->accuracy) : "–"});
  }
  return table;
}

Table intervals_table(const Comparison& comparison) {
  Table table;
  table.header = {"run",      "accuracy %", "balanced accuracy %", "macro F1",
                  "log loss", "Brier",      "validation %"};
  for (std::size_t i = 0; i < comparison.runs.size(); ++i) {
    const ComparedRun& run = comparison.runs[i];
    const Metrics& metrics = run.test.metrics;
    const RunFigures& intervals = run.test.intervals;
    table.rows.push_back({labelled(comparison, i), percent_with(metrics.accuracy, intervals.accuracy),
                          percent_with(metrics.balanced_accuracy, intervals.balanced_accuracy),
                          fixed_with(metrics.macro_f1, intervals.macro_f1),
                          fixed_with(metrics.log_loss, intervals.log_loss),
                          fixed_with(metrics.brier, intervals.brier),
                          run.validation ? percent(run.validation->accuracy) : "–"});
  }
  return table;
}

Table seeds_table(const Comparison& comparison) {
  Table table;
  table.header = {"one training", "seeds", "accuracy %", "95 % interval", "macro F1", "log loss"};
  for (const ComparedRun& run : comparison.runs)
    table.rows.push_back({run.label, std::to_string(run.run.seeds.size()), percent_spread(run.seed_accuracy),
                          run.seed_accuracy.interval ? percent_interval(*run.seed_accuracy.interval) : "–",
                          fixed_spread(run.seed_macro_f1, 3), fixed_spread(run.seed_log_loss, 3)});
  return table;
}

Table sources_table(const Comparison& comparison) {
  Table table;
  table.header = {"standard error, in points, from", "artists", "clips", "seeds", "seeds on single clips"};
  for (const ComparedRun& run : comparison.runs) {
    if (!run.sources) continue;
    const VarianceComponents& sources = *run.sources;
    table.rows.push_back({run.label, percent(sources.artist_error), percent(sources.clip_error),
                          percent(sources.seed_error), percent(sources.rest_error)});
  }
  return table;
}

Table calibration_table(const Comparison& comparison) {
  Table table;
  table.header = {"run", "temperature", "log loss", "after", "Brier", "after", "calibration error", "after"};
  const auto error = [](const Described& described) {
    return described.reliability ? fixed_with(described.reliability->error, described.reliability->interval)
                                 : "–";
  };
  for (const ComparedRun& run : comparison.runs) {
    std::vector<std::string> row = {run.label,
                                    run.temperature ? fixed(*run.temperature, 2) : "–",
                                    fixed(run.test.metrics.log_loss, 3),
                                    "–",
                                    fixed(run.test.metrics.brier, 3),
                                    "–",
                                    error(run.test),
                                    "–"};
    if (run.calibrated) {
      row[3] = fixed(run.calibrated->metrics.log_loss, 3);
      row[5] = fixed(run.calibrated->metrics.brier, 3);
      row[7] = error(*run.calibrated);
    }
    table.rows.push_back(row);
  }
  return table;
}

Table recall_table(const Comparison& comparison) {
  return genre_table(comparison, "recall %", [](const ComparedRun& run, std::size_t genre) {
    const GenreMetrics& metrics = run.test.metrics.genres[genre];
    return metrics.clips == 0 ? "–" : percent_with(metrics.recall, run.test.intervals.recall[genre]);
  });
}

Table recall_spread_table(const Comparison& comparison) {
  return genre_table(comparison, "recall %", [](const ComparedRun& run, std::size_t genre) {
    const GenreMetrics& metrics = run.test.metrics.genres[genre];
    if (metrics.clips == 0) return std::string("–");
    const SeedSpread& spread = run.seed_recall[genre];
    return percent(metrics.recall) + (spread.deviation ? " (" + percent_spread(spread) + ")" : "");
  });
}

Table precision_table(const Comparison& comparison) {
  return genre_table(comparison, "precision %", [](const ComparedRun& run, std::size_t genre) {
    const std::optional<Interval>& interval = run.test.intervals.precision[genre];
    return interval ? percent_with(run.test.metrics.genres[genre].precision, interval) : "–";
  });
}

Table pairs_table(const Comparison& comparison) {
  Table table;
  table.header = {"against the reference"};
  std::vector<std::string> gain = {"gain in points"}, interval = {"interval"},
                           level = {"level of the interval"}, p = {"p"}, adjusted = {"p after Holm"},
                           mcnemar = {"p of McNemar, by clip"}, only_it = {"clips only it has right"},
                           only_reference = {"clips only the reference has right"},
                           smallest = {"gain that could be shown"},
                           over_seeds = {"mean gain of one training"},
                           seed_interval = {"interval of that over seeds"},
                           folds = {"gain over fold-repeats, p (corrected t)"},
                           wins = {"chance that one training beats the reference's, %"};
  bool any_folds = false, any_wins = false;
  for (const Candidate& candidate : comparison.candidates) {
    if (!comparison.is_detailed(candidate.run)) continue;
    const PairedComparison& pair = candidate.pair;
    const SeedSpread& seeds = candidate.seed_gain;
    table.header.push_back(comparison.runs[candidate.run].label);
    gain.push_back(points(pair.gain));
    interval.push_back(points_interval(pair.interval));
    level.push_back(level_text(pair.level));
    p.push_back(p_value(pair.p));
    adjusted.push_back(p_value(pair.adjusted_p));
    mcnemar.push_back(p_value(pair.mcnemar_p));
    only_it.push_back(std::to_string(pair.only_candidate));
    only_reference.push_back(std::to_string(pair.only_reference));
    smallest.push_back(pair.smallest_gain && *pair.smallest_gain < 1 ? percent(*pair.smallest_gain) : "none");
    over_seeds.push_back(points(seeds.mean));
    seed_interval.push_back(seeds.interval ? points_interval(*seeds.interval) : "–");
    any_folds = any_folds || candidate.fold_gain;
    any_wins = any_wins || candidate.seed_wins;
    folds.push_back(candidate.fold_gain ? points(candidate.fold_gain->mean) + " (" +
                                              points_interval(candidate.fold_gain->interval) + "), " +
                                              p_value(candidate.fold_gain->p)
                                        : "–");
    wins.push_back(
        candidate.seed_wins ? percent_with(candidate.seed_wins->chance, candidate.seed_wins->interval) : "–");
  }
  table.rows = {gain,    interval,       level,    p,          adjusted,     mcnemar,
                only_it, only_reference, smallest, over_seeds, seed_interval};
  if (any_folds) table.rows.push_back(folds);
  if (any_wins) table.rows.push_back(wins);
  return table;
}

Table verdicts_table(const Comparison& comparison) {
  Table table;
  table.header = {"run", "gain in points", "interval", "p after Holm", "verdict"};
  for (const Candidate& candidate : comparison.candidates)
    table.rows.push_back({comparison.runs[candidate.run].label, points(candidate.pair.gain),
                          points_interval(candidate.pair.interval), p_value(candidate.pair.adjusted_p),
                          verdict_word(comparison, candidate)});
  return table;
}

Table branches_table(const Comparison& comparison, const BranchStudy& study) {
  Table table;
  table.header = {"branch", "accuracy alone %"};
  if (!study.left_out.empty())
    for (const char* title : {"without it, points", "95 % interval, corrected", "p after Holm"})
      table.header.push_back(title);
  for (std::size_t branch = 0; branch < study.names.size(); ++branch) {
    table.rows.push_back({study.names[branch], percent(study.accuracies[branch])});
    if (study.left_out.empty()) continue;
    const PairedComparison& pair = study.left_out[branch];
    table.rows.back().push_back(points(pair.gain));
    table.rows.back().push_back(points_interval(pair.interval));
    table.rows.back().push_back(p_value(pair.adjusted_p));
  }
  std::vector<std::string> fused = {"fused", percent(comparison.runs[study.run].test.metrics.accuracy)},
                           oracle = {"oracle: any branch is right", percent(study.oracle)};
  fused.resize(table.header.size(), "–");
  oracle.resize(table.header.size(), "–");
  table.rows.push_back(fused);
  table.rows.push_back(oracle);
  return table;
}

Table disagreement_table(const BranchStudy& study) {
  Table table;
  table.header = {"branches", "one right, one wrong %", "both wrong %"};
  std::size_t at = 0;
  for (std::size_t first = 0; first < study.names.size(); ++first)
    for (std::size_t second = first + 1; second < study.names.size(); ++second, ++at)
      table.rows.push_back({study.names[first] + " and " + study.names[second],
                            percent(study.pairs[at].disagreement), percent(study.pairs[at].double_fault)});
  return table;
}

}  // namespace genretrack
