#include "host/report/comparison_model.h"

#include <algorithm>
#include <map>
#include <set>

#include "host/core/error.h"
#include "host/report/comparison_notes.h"

namespace genretrack {
namespace {

namespace fs = std::filesystem;
constexpr double kLevel = 0.05;  // of intervals of single runs

void check_comparable(const RunRecord& first, const RunRecord& other) {
  const auto refuse = [&](const std::string& what) {
    throw Error(ErrorKind::kData,
                other.path.string() + ": " + what + " " + first.path.string() +
                    "; only runs on the same clips can be compared: give runs of one split");
  };
  if (first.split != other.split)
    refuse("its split is '" + other.split + "', not '" + first.split + "' as that of");
  if (first.genres != other.genres) refuse("its genres are not those of");
  if (first.test.clips != other.test.clips) refuse("its test clips are not those of");
  if (first.test.truth != other.test.truth) refuse("the genres of its test clips are not those of");
  if (first.test.artists != other.test.artists) refuse("the artists of its test clips are not those of");
  if (first.validation.clips != other.validation.clips) refuse("its validation clips are not those of");
}

void check_given_once(const std::vector<RunRecord>& runs) {
  for (std::size_t i = 0; i < runs.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (fs::equivalent(runs[i].path, runs[j].path))
        throw Error(ErrorKind::kUsage, runs[i].path.string() + ": is given twice; name every run once");
}

// A t interval knows nothing of the ends that a share has.
SeedSpread share_spread(const std::vector<double>& values) {
  SeedSpread spread = seed_spread(values, kLevel);
  if (spread.interval)
    spread.interval = Interval{std::max(0.0, spread.interval->low), std::min(1.0, spread.interval->high)};
  return spread;
}

ComparedRun describe(RunRecord run) {
  ComparedRun result;
  result.label = run.name;
  result.test = compute_metrics(run.test);
  if (!run.validation.clips.empty()) result.validation = compute_metrics(run.validation);
  const std::vector<double> right = hits(run.test);
  result.accuracy_interval = accuracy_interval(right, group_by_artist(right, run.test.artists), kLevel);
  std::vector<double> accuracy, macro_f1, log_loss;
  std::vector<std::vector<double>> recall(run.genres.size());
  for (const Predictions& seed : run.test_by_seed) {
    const Metrics metrics = compute_metrics(seed);
    accuracy.push_back(metrics.accuracy);
    macro_f1.push_back(metrics.macro_f1);
    log_loss.push_back(metrics.log_loss);
    for (std::size_t genre = 0; genre < recall.size(); ++genre)
      recall[genre].push_back(metrics.genres[genre].recall);
  }
  result.seed_accuracy = share_spread(accuracy);
  result.seed_macro_f1 = share_spread(macro_f1);
  result.seed_log_loss = seed_spread(log_loss, kLevel);
  for (const auto& values : recall) result.seed_recall.push_back(share_spread(values));
  result.run = std::move(run);
  return result;
}

// Better on validation clips: accuracy, then log loss. Never the test part: choosing there would favour luck.
bool better_on_validation(const ComparedRun& a, const ComparedRun& b) {
  if (a.validation->accuracy != b.validation->accuracy)
    return a.validation->accuracy > b.validation->accuracy;
  return a.validation->log_loss < b.validation->log_loss;
}

void choose_reference(Comparison& comparison) {
  const bool any_single = std::any_of(comparison.runs.begin(), comparison.runs.end(),
                                      [](const ComparedRun& run) { return !run.fused(); });
  for (std::size_t i = 0; i < comparison.runs.size(); ++i) {
    const ComparedRun& run = comparison.runs[i];
    if (any_single && run.fused()) continue;
    if (!run.validation)
      throw Error(ErrorKind::kData,
                  run.run.path.string() +
                      ": has no validation part, so the best run cannot be chosen on it; name the "
                      "reference with --baseline");
    if (!comparison.reference || better_on_validation(run, comparison.runs[*comparison.reference]))
      comparison.reference = i;
  }
  comparison.reference_reason =
      std::string("the best ") + (any_single ? "single run" : "run") + " on validation clips";
}

void find_baseline(Comparison& comparison, const fs::path& baseline) {
  for (std::size_t i = 0; i < comparison.runs.size(); ++i)
    if (fs::exists(baseline) && fs::equivalent(comparison.runs[i].run.path, baseline))
      comparison.reference = i;
  if (!comparison.reference)
    throw Error(ErrorKind::kUsage,
                baseline.string() + ": --baseline names none of the runs; name one of them");
  comparison.reference_reason = "the reference chosen by hand";
}

void compare_candidates(Comparison& comparison, bool by_hand) {
  const ComparedRun& reference = comparison.runs[*comparison.reference];
  const bool any_fused =
      std::any_of(comparison.runs.begin(), comparison.runs.end(),
                  [&](const ComparedRun& run) { return run.fused() && &run != &reference; });
  std::vector<Predictions> predictions;
  for (std::size_t i = 0; i < comparison.runs.size(); ++i) {
    if (i == *comparison.reference || (!by_hand && any_fused && !comparison.runs[i].fused())) continue;
    comparison.candidates.push_back({i, {}, {}});
    predictions.push_back(comparison.runs[i].run.test);
  }
  ComparisonOptions options;
  options.alpha = comparison.alpha;
  const std::vector<PairedComparison> pairs = compare_paired(reference.run.test, predictions, options);
  const auto seed_accuracies = [](const ComparedRun& run) {
    std::vector<double> values;
    for (const Predictions& seed : run.run.test_by_seed) values.push_back(compute_metrics(seed).accuracy);
    return values;
  };
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    Candidate& candidate = comparison.candidates[i];
    candidate.pair = pairs[i];
    candidate.seed_gain =
        seed_difference(seed_accuracies(comparison.runs[candidate.run]), seed_accuracies(reference), kLevel);
  }
}

// A name that two runs share says nothing: their paths stand in its place.
void name_apart(std::vector<ComparedRun>& runs) {
  std::map<std::string, int> count;
  for (const ComparedRun& run : runs) ++count[run.label];
  for (ComparedRun& run : runs)
    if (count[run.run.name] > 1) run.label = run.run.path.string();
}

void count_artists(Comparison& comparison) {
  std::set<std::string> artists;
  for (const std::string& artist : comparison.runs.front().run.test.artists) {
    if (artist.empty())
      ++comparison.unknown_artists;
    else
      artists.insert(artist);
  }
  comparison.artists = artists.size();
}

}  // namespace

Comparison compare_runs(std::vector<RunRecord> runs, const std::optional<fs::path>& baseline) {
  if (runs.empty())
    throw Error(ErrorKind::kUsage, "there is no run to compare; name run folders, as in runs/NAME");
  check_given_once(runs);
  for (const RunRecord& run : runs) check_comparable(runs.front(), run);
  Comparison comparison;
  comparison.split = runs.front().split;
  comparison.genres = runs.front().genres;
  comparison.clips = runs.front().test.clips.size();
  for (RunRecord& run : runs) comparison.runs.push_back(describe(std::move(run)));
  name_apart(comparison.runs);
  count_artists(comparison);
  if (baseline) find_baseline(comparison, *baseline);
  if (comparison.runs.size() > 1) {
    if (!baseline) choose_reference(comparison);
    compare_candidates(comparison, baseline.has_value());
  }
  comparison.notes = comparison_notes(comparison);
  return comparison;
}

}  // namespace genretrack
