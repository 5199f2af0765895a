// Tables of clips, of the data and of where runs ran.
#include <algorithm>

#include "host/report/comparison_tables.h"
#include "host/report/comparison_words.h"

namespace genretrack {

Table changed_table(const Comparison& comparison, const Candidate& candidate, std::size_t most) {
  Table table;
  table.header = {"clip",
                  "artist",
                  "truth",
                  comparison.runs[*comparison.reference].label,
                  comparison.runs[candidate.run].label,
                  "truth's probability"};
  for (const ChangedClip& clip : candidate.changed) {
    if (table.rows.size() == most) break;
    table.rows.push_back(
        {clip.clip, clip.artist.empty() ? "unknown" : clip.artist, comparison.genres[clip.truth],
         comparison.genres[clip.reference_genre], comparison.genres[clip.candidate_genre],
         fixed(clip.reference_probability, 2) + " → " + fixed(clip.candidate_probability, 2)});
  }
  return table;
}

Table data_table(const Comparison& comparison) {
  const TrainingRecord& first = comparison.runs.front().run.trainings.front();
  Table table;
  table.header = {"part", "clips", "known artists", "artist unknown"};
  for (const std::string& genre : comparison.genres) table.header.push_back(genre);
  const auto add = [&](const char* name, const PartFacts& part) {
    table.rows.push_back({name, std::to_string(part.clips), std::to_string(part.artists),
                          std::to_string(part.unknown_artists)});
    for (const std::size_t clips : part.clips_of_genre) table.rows.back().push_back(std::to_string(clips));
  };
  add("training", first.train);
  add("validation", first.validated);
  add("test", first.tested);
  return table;
}

Table runs_table(const Comparison& comparison) {
  Table table;
  table.header = {"run", "network", "parameters", "seeds", "folds", "data set"};
  for (const ComparedRun& run : comparison.runs)
    table.rows.push_back({run.label, run.run.model, std::to_string(run.run.parameters),
                          std::to_string(run.run.seeds.size()),
                          run.run.folds == 0 ? "–" : std::to_string(run.run.folds), run.run.dataset});
  return table;
}

Table environment_table(const Comparison& comparison) {
  Table table;
  table.header = {"run", "genretrack", "device", "threads", "compiler"};
  for (const ComparedRun& run : comparison.runs) {
    const EnvironmentRecord& where = run.run.trainings.front().environment;
    const bool same = std::all_of(run.run.trainings.begin(), run.run.trainings.end(),
                                  [&](const TrainingRecord& one) { return one.environment == where; });
    const auto text = [](const std::string& value) { return value.empty() ? "–" : value; };
    table.rows.push_back({run.label, text(where.version),
                          text(where.device) + (same ? "" : " (other trainings elsewhere)"),
                          where.threads == 0 ? "–" : std::to_string(where.threads), text(where.compiler)});
  }
  return table;
}

}  // namespace genretrack
