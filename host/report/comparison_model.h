// Everything that a comparison of runs says, before it becomes text, JSON or a page.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "host/analysis/metrics.h"
#include "host/analysis/paired_comparison.h"
#include "host/analysis/uncertainty.h"
#include "host/report/run_reader.h"

namespace genretrack {

struct ComparedRun {
  RunRecord run;
  std::string label;                  // the run's name, or its path where two runs share a name
  Metrics test;                       // of probabilities averaged over seeds
  std::optional<Metrics> validation;  // likewise; nothing where the run has no validation part
  Interval accuracy_interval;         // over artists, at 95 %
  // Of single trainings (folds pooled), with t intervals at 95 %.
  SeedSpread seed_accuracy, seed_macro_f1, seed_log_loss;
  std::vector<SeedSpread> seed_recall;  // per genre
  bool fused() const { return run.fusion.has_value(); }
};

struct Candidate {
  std::size_t run = 0;  // index into Comparison::runs
  PairedComparison pair;
  SeedSpread seed_gain;  // mean accuracy of single trainings, candidate minus reference
};

struct Comparison {
  std::string split;
  std::vector<std::string> genres;
  std::size_t clips = 0, artists = 0, unknown_artists = 0;
  double alpha = 0.05;
  std::vector<ComparedRun> runs;  // in the order given
  std::optional<std::size_t> reference;
  std::string reference_reason;       // why this one, as a half sentence
  std::vector<Candidate> candidates;  // the family
  std::vector<std::string> notes;
};

// The reference is `baseline` where one is named, else the best single run on validation clips (accuracy,
// ties by log loss). The family is every fused run; without one, or with a baseline named by hand, every
// other run. One run alone has no reference and no candidates. Throws Error(kData) where runs differ in
// split, genres, or clips, and Error(kUsage) where a run is given twice.
Comparison compare_runs(std::vector<RunRecord> runs, const std::optional<std::filesystem::path>& baseline);

// "helps", "hurts", "not shown to help" for a fused run; "better", "worse", "not shown to differ" for
// another.
std::string verdict_word(const Comparison& comparison, const Candidate& candidate);

// The verdict of one candidate in sentences, with its numbers and the gain that could have been shown.
std::string verdict_text(const Comparison& comparison, const Candidate& candidate);

}  // namespace genretrack
