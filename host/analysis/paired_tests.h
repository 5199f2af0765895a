// Exact McNemar with mid-p, and Holm's correction.
#pragma once

#include <cstddef>
#include <vector>

namespace genretrack {

// Two-sided mid-p of the exact McNemar test (Fagerland, Lydersen and Laake 2013): `first` and `second` count
// the clips that only one of the two runs has right. It takes clips for independent, so it stands beside the
// test by artist and does not replace it. 1 where no clip is discordant.
double mcnemar_mid_p(std::size_t first, std::size_t second);

struct HolmDecision {
  double adjusted_p = 1;
  // The level at which Holm's procedure decided on this hypothesis: its p-value is at most this level exactly
  // where it is rejected. Hypotheses after the first one kept share the level of that one.
  double level = 0;
  bool rejected = false;
};

// Holm (1979), in the order of `p_values`; the family-wise error is at most `alpha`.
std::vector<HolmDecision> holm(const std::vector<double>& p_values, double alpha);

}  // namespace genretrack
