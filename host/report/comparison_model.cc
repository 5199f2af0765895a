#include "host/report/comparison_model.h"

#include <algorithm>
#include <map>
#include <set>
#include <thread>

#include "host/core/error.h"
#include "host/core/run_on_threads.h"
#include "host/report/comparison_notes.h"

namespace genretrack {
namespace {

namespace fs = std::filesystem;
constexpr double kLevel = 0.05;  // of intervals over seeds and folds

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
  std::set<fs::path> known;
  for (const RunRecord& run : runs)
    if (!known.insert(fs::canonical(run.path)).second)
      throw Error(ErrorKind::kUsage, run.path.string() + ": is given twice; name every run once");
}

std::vector<ComparedRun> describe_all(std::vector<RunRecord> runs) {
  std::vector<ComparedRun> described(runs.size());
  const ArtistDraws draws = usual_draws(runs.front().test);
  const auto nothing = [](auto&) {};
  run_on_threads(
      static_cast<int>(std::thread::hardware_concurrency()), runs.size(), "run the command again",
      [] { return 0; }, [&](int&, std::size_t i) { described[i] = describe_run(std::move(runs[i]), draws); },
      nothing);
  return described;
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

// Accuracy of each fold, averaged over seeds; nothing where the split has no folds.
std::map<std::string, double> fold_accuracies(const RunRecord& run) {
  std::map<std::string, std::vector<double>> by_fold;
  for (const TrainingRecord& training : run.trainings)
    if (!training.fold.empty()) by_fold[training.fold].push_back(compute_metrics(training.test).accuracy);
  std::map<std::string, double> accuracies;
  for (const auto& [fold, values] : by_fold) accuracies[fold] = seed_spread(values, kLevel).mean;
  return accuracies;
}

std::optional<CorrectedT> fold_gain(const RunRecord& reference, const RunRecord& candidate) {
  const std::map<std::string, double> before = fold_accuracies(reference), after = fold_accuracies(candidate);
  std::vector<double> differences;
  for (const auto& [fold, accuracy] : after)
    if (before.contains(fold)) differences.push_back(accuracy - before.at(fold));
  double tested = 0, trained = 0;
  for (const TrainingRecord& training : candidate.trainings) {
    tested += static_cast<double>(training.tested.clips);
    trained += static_cast<double>(training.train.clips);
  }
  return corrected_resampled_t(differences, tested, trained, kLevel);
}

void compare_candidates(Comparison& comparison, bool by_hand) {
  const ComparedRun& reference = comparison.runs[*comparison.reference];
  const bool any_fused =
      std::any_of(comparison.runs.begin(), comparison.runs.end(),
                  [&](const ComparedRun& run) { return run.fused() && &run != &reference; });
  std::vector<Predictions> predictions;
  for (std::size_t i = 0; i < comparison.runs.size(); ++i) {
    if (i == *comparison.reference || (!by_hand && any_fused && !comparison.runs[i].fused())) continue;
    comparison.candidates.emplace_back().run = i;
    predictions.push_back(comparison.runs[i].run.test);
  }
  ComparisonOptions options;
  options.alpha = comparison.alpha;
  const std::vector<PairedComparison> pairs = compare_paired(reference.run.test, predictions, options);
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    Candidate& candidate = comparison.candidates[i];
    const ComparedRun& run = comparison.runs[candidate.run];
    candidate.pair = pairs[i];
    candidate.seed_gain = seed_difference(run.seed_accuracies, reference.seed_accuracies, kLevel);
    candidate.seed_wins = chance_to_win(run.seed_accuracies, reference.seed_accuracies, kLevel);
    candidate.fold_gain = fold_gain(reference.run, run.run);
  }
}

// Charts and lists of clips of a thousand runs are no page that anybody reads: the reference, then the
// candidates with the largest gains, then the others in the order given.
void choose_detailed(Comparison& comparison) {
  std::vector<std::size_t> order;
  if (comparison.reference) order.push_back(*comparison.reference);
  std::vector<const Candidate*> best;
  for (const Candidate& candidate : comparison.candidates) best.push_back(&candidate);
  std::stable_sort(best.begin(), best.end(),
                   [](const Candidate* a, const Candidate* b) { return a->pair.gain > b->pair.gain; });
  for (const Candidate* candidate : best) order.push_back(candidate->run);
  for (std::size_t i = 0; i < comparison.runs.size(); ++i)
    if (std::find(order.begin(), order.end(), i) == order.end()) order.push_back(i);
  order.resize(std::min(order.size(), kMostDetailedRuns));
  std::sort(order.begin(), order.end());
  comparison.detailed = std::move(order);
}

void explain(Comparison& comparison) {
  for (Candidate& candidate : comparison.candidates) {
    if (!comparison.is_detailed(candidate.run)) continue;
    const Predictions& reference = comparison.runs[*comparison.reference].run.test;
    const Predictions& test = comparison.runs[candidate.run].run.test;
    candidate.genres = genre_gains(reference, test);
    candidate.changed = changed_clips(reference, test);
  }
  std::vector<const RunRecord*> records;
  for (const ComparedRun& run : comparison.runs) records.push_back(&run.run);
  for (const std::size_t run : comparison.detailed)
    if (std::optional<BranchStudy> study = study_branches(records, run))
      comparison.branches.push_back(std::move(*study));
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
  comparison.runs = describe_all(std::move(runs));
  name_apart(comparison.runs);
  count_artists(comparison);
  if (baseline) find_baseline(comparison, *baseline);
  if (comparison.runs.size() > 1) {
    if (!baseline) choose_reference(comparison);
    compare_candidates(comparison, baseline.has_value());
  }
  choose_detailed(comparison);
  explain(comparison);
  comparison.notes = comparison_notes(comparison);
  return comparison;
}

}  // namespace genretrack
