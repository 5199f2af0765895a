// Why a fused run gains or loses: its branches, its genres, its clips.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "host/analysis/disagreement.h"
#include "host/analysis/paired_comparison.h"
#include "host/report/run_reader.h"

namespace genretrack {

struct GenreGain {
  std::size_t clips = 0;
  double gain = 0;    // recall, candidate minus reference
  Interval interval;  // at 95 %, of this genre alone: not corrected for the number of genres
};
// Per genre; one without test clips has a gain of 0 and an interval of [-1, 1].
std::vector<GenreGain> genre_gains(const Predictions& reference, const Predictions& candidate);

// A clip that one of two runs has right and the other has not.
struct ChangedClip {
  std::string clip, artist;
  std::size_t truth = 0, reference_genre = 0, candidate_genre = 0;  // indices of genres
  double reference_probability = 0, candidate_probability = 0;      // of the truth
  bool gained() const { return candidate_genre == truth; }
};
// The largest change of the truth's probability first.
std::vector<ChangedClip> changed_clips(const Predictions& reference, const Predictions& candidate);

struct BranchStudy {
  std::size_t run = 0;  // the fused one, index into Comparison::runs
  bool own = false;     // the branches' own predictions, not those of single runs of the same transforms
  std::vector<std::string> names;
  std::vector<double> accuracies;
  std::vector<Disagreement> pairs;  // (0, 1), (0, 2), ..., (1, 2), ...
  double oracle = 0;
  // The mean of all branches with each one left out, against the mean of all; empty where the run does not
  // average its branches, or these are not its own.
  std::vector<PairedComparison> left_out;
};

// A study of runs[run] by the stored predictions of its branches or, where there are none, by the single runs
// among `runs` that have its transforms. Nothing where neither is there for every transform.
std::optional<BranchStudy> study_branches(const std::vector<const RunRecord*>& runs, std::size_t run);

}  // namespace genretrack
