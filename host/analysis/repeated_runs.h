// Comparisons over repetitions of training: fold-repeats and seeds. They stand beside the test by artist.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "host/analysis/sign_flip.h"

namespace genretrack {

// The corrected resampled t test (Nadeau and Bengio 2003): training parts of repetitions overlap, so the
// variance of the mean difference is s^2 (1 / repetitions + test clips / training clips).
struct CorrectedT {
  std::size_t repetitions = 0;
  double mean = 0, p = 1;
  Interval interval;  // of the mean difference
};
// `differences` holds one per fold-repeat. Nothing below ten, where the correction cannot be trusted.
inline constexpr std::size_t kFewestFoldRepeats = 10;
std::optional<CorrectedT> corrected_resampled_t(const std::vector<double>& differences, double test_clips,
                                                double training_clips, double level);

// The chance that a training of the first kind beats one of the second, ties counted half, over all pairs of
// seeds (Bouthillier et al. 2021), with the interval of Newcombe (2006, part 2, method 5), which keeps its
// width at 0 and 1. Nothing below ten seeds on either side.
struct ChanceToWin {
  double chance = 0.5;
  Interval interval;
};
inline constexpr std::size_t kFewestSeedsForChance = 10;
std::optional<ChanceToWin> chance_to_win(const std::vector<double>& first, const std::vector<double>& second,
                                         double level);

}  // namespace genretrack
