// Everything that a comparison of runs says, before it becomes text, JSON, tables or a page.
#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "host/analysis/metrics.h"
#include "host/analysis/paired_comparison.h"
#include "host/analysis/reliability.h"
#include "host/analysis/repeated_runs.h"
#include "host/analysis/run_figures.h"
#include "host/analysis/uncertainty.h"
#include "host/analysis/variance_components.h"
#include "host/report/comparison_why.h"
#include "host/report/run_reader.h"

namespace genretrack {

// Figures of probabilities, their intervals over artists at 95 %, and how true their confidences are.
struct Described {
  Metrics metrics;
  RunFigures intervals;
  std::optional<Reliability> reliability;  // nothing where there are too few clips
};

struct ComparedRun {
  RunRecord run;
  std::string label;                  // the run's name, or its path where two runs share a name
  Described test;                     // of probabilities averaged over seeds
  std::optional<Metrics> validation;  // likewise; nothing where the run has no validation part
  // The temperature fitted on validation clips, and the test clips after it.
  std::optional<double> temperature;
  std::optional<Described> calibrated;
  // Of single trainings (folds pooled), with t intervals at 95 %.
  SeedSpread seed_accuracy, seed_macro_f1, seed_log_loss;
  std::vector<SeedSpread> seed_recall;  // per genre
  std::vector<double> seed_accuracies;
  std::optional<VarianceComponents> sources;  // of one training's accuracy
  bool fused() const { return run.fusion.has_value(); }
};

struct Candidate {
  std::size_t run = 0;  // index into Comparison::runs
  PairedComparison pair;
  SeedSpread seed_gain;                  // mean accuracy of single trainings, candidate minus reference
  std::optional<CorrectedT> fold_gain;   // over fold-repeats, from ten on
  std::optional<ChanceToWin> seed_wins;  // over seeds, from ten on
  std::vector<GenreGain> genres;         // this and `changed` only where the run is shown in detail
  std::vector<ChangedClip> changed;
};

inline constexpr std::size_t kMostDetailedRuns = 12;

struct Comparison {
  std::string split;
  std::vector<std::string> genres;
  std::size_t clips = 0, artists = 0, unknown_artists = 0;
  double alpha = 0.05;
  std::vector<ComparedRun> runs;  // in the order given
  std::optional<std::size_t> reference;
  std::string reference_reason;       // why this one, as a half sentence
  std::vector<Candidate> candidates;  // the family
  std::vector<BranchStudy> branches;  // of fused runs, as far as their branches are known
  std::vector<std::size_t> detailed;  // runs that are shown in charts and lists of clips, ascending
  bool is_detailed(std::size_t run) const {
    return std::binary_search(detailed.begin(), detailed.end(), run);
  }
  std::vector<std::string> notes;
  std::string command;  // that made the comparison, as a shell reads it; may be empty
};

// The reference is `baseline` where one is named, else the best single run on validation clips (accuracy,
// ties by log loss). The family is every fused run; without one, or with a baseline named by hand, every
// other run. One run alone has no reference and no candidates. Throws Error(kData) where runs differ in
// split, genres, or clips, and Error(kUsage) where a run is given twice.
Comparison compare_runs(std::vector<RunRecord> runs, const std::optional<std::filesystem::path>& baseline);

// The figures of one run; the first half of compare_runs. `draws` are of its artists.
ComparedRun describe_run(RunRecord run, const ArtistDraws& draws);

// A comparison that cannot show a gain of so much says that its clips are too few (docs/evaluation.md).
inline constexpr double kGainWorthShowing = 0.05;

enum class Finding { kBetter, kWorse, kNotShown, kTooFew };
Finding finding_of(const PairedComparison& pair);

// "better", "worse", "not shown to help" (of another than a fused run: "not shown to differ"), "too few clips
// to tell".
std::string verdict_word(const Comparison& comparison, const Candidate& candidate);
// The verdict of one candidate in one sentence, and the figures behind it in another.
std::string verdict_sentence(const Comparison& comparison, const Candidate& candidate);
std::string verdict_details(const Comparison& comparison, const Candidate& candidate);
std::vector<std::string> verdict_rule();  // how the sentence is found, for every page

}  // namespace genretrack
