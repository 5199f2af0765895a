// Is one run better than another on the same clips? The unit is the clip, its probabilities averaged over
// seeds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "host/analysis/predictions.h"
#include "host/analysis/sign_flip.h"

namespace genretrack {

enum class Verdict { kBetter, kWorse, kNotShown };

struct PairedComparison {
  std::size_t clips = 0, groups = 0, unknown_artists = 0;  // an unknown artist is a group of its own
  bool artists_known = false;                              // false: every group is one clip
  std::size_t only_candidate = 0, only_reference = 0;      // clips that only one of them has right
  double gain = 0;                                         // accuracy, candidate minus reference
  double p = 1, adjusted_p = 1;                            // sign-flip test by group; after Holm
  bool exact = false;                                      // all splits enumerated
  double mcnemar_p = 1;                                    // mid-p, clips taken for independent
  double level = 0;                                        // at which Holm's procedure decided
  Interval interval;                                       // of the gain, at that level; in [-1, 1]
  double design_effect = 1;                                // of the artists on the gain's variance
  std::optional<double> smallest_gain;                     // that would be found with 80 % power
  Verdict verdict = Verdict::kNotShown;
};

struct ComparisonOptions {
  double alpha = 0.05;  // of the whole family
  std::uint64_t seed = 1;
  std::size_t draws = 99'999;
};

// Every candidate against the reference, as one family. The verdict follows from the adjusted p-value; the
// interval inverts the same test at the level at which Holm's procedure decided, so it excludes 0 exactly
// where the verdict is kBetter or kWorse. Throws Error(kData) where two sets of predictions are not of the
// same clips and genres.
std::vector<PairedComparison> compare_paired(const Predictions& reference,
                                             const std::vector<Predictions>& candidates,
                                             const ComparisonOptions& options = {});

}  // namespace genretrack
