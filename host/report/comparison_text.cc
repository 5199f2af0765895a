#include <algorithm>

#include "host/report/comparison_report.h"
#include "host/report/comparison_words.h"

namespace genretrack {

Table metrics_table(const Comparison& comparison) {
  Table table;
  table.header = {"run", "accuracy %", "95 % interval", "macro F1", "log loss", "validation %"};
  for (std::size_t i = 0; i < comparison.runs.size(); ++i) {
    const ComparedRun& run = comparison.runs[i];
    table.rows.push_back({run.label + (comparison.reference == i ? " (reference)" : ""),
                          percent(run.test.accuracy), percent_interval(run.accuracy_interval),
                          fixed(run.test.macro_f1, 3), fixed(run.test.log_loss, 3),
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

Table recall_table(const Comparison& comparison) {
  Table table;
  table.header = {"recall %", "clips"};
  for (const ComparedRun& run : comparison.runs) table.header.push_back(run.label);
  for (std::size_t genre = 0; genre < comparison.genres.size(); ++genre) {
    const std::size_t clips = comparison.runs.front().test.genres[genre].clips;
    std::vector<std::string> row = {comparison.genres[genre], std::to_string(clips)};
    for (const ComparedRun& run : comparison.runs) {
      std::string cell = clips == 0 ? "–" : percent(run.test.genres[genre].recall);
      const SeedSpread& spread = run.seed_recall[genre];
      if (clips > 0 && spread.deviation) cell += " (" + percent_spread(spread) + ")";
      row.push_back(cell);
    }
    table.rows.push_back(row);
  }
  return table;
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
                           seed_interval = {"interval of that over seeds"};
  const auto p_value = [](double value) { return fixed(value, value < 0.1 ? 4 : 2); };
  for (const Candidate& candidate : comparison.candidates) {
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
  }
  table.rows = {gain,    interval,       level,    p,          adjusted,     mcnemar,
                only_it, only_reference, smallest, over_seeds, seed_interval};
  return table;
}

std::string comparison_text(const Comparison& comparison) {
  std::string text;
  for (const Candidate& candidate : comparison.candidates)
    text += verdict_text(comparison, candidate) + "\n\n";
  text +=
      "split: " + comparison.split + "; " + count_text(comparison.clips, "test clip", "test clips") + ", ";
  text += comparison.artists == 0
              ? "artists unknown"
              : count_text(comparison.artists + comparison.unknown_artists, "artist", "artists");
  text += "\n\n" + metrics_table(comparison).text() + "\n" + seeds_table(comparison).text() + "\n" +
          recall_table(comparison).text();
  if (!comparison.candidates.empty()) text += "\n" + pairs_table(comparison).text();
  for (const std::string& note : comparison.notes) text += "\nnote: " + note;
  if (!comparison.notes.empty()) text += "\n";
  return text;
}

}  // namespace genretrack
