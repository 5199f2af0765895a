// Trends by ranks: Sen's slope and Mann and Kendall's test.
#pragma once

#include <vector>

namespace genretrack {

// The median of the slopes of all pairs with different times (Sen 1968), per unit of time.
double sen_slope(const std::vector<double>& times, const std::vector<double>& values);

struct MannKendall {
  double score = 0;     // pairs that rise less pairs that fall
  double variance = 0;  // under independence, ties corrected; or corrected for autocorrelation
  double p = 1;         // two-sided, by the normal law, with continuity correction
};

MannKendall mann_kendall(const std::vector<double>& values);

// Hamed and Rao's (1998) variance for autocorrelated values: that of the ranks of the values without Sen's
// slope, at the lags where it is significant at 5 %. In short series it gives too many false alarms
// (docs/trends.md), so it only stands beside the test by surrogates.
MannKendall mann_kendall_hamed_rao(const std::vector<double>& values);

// Benjamini and Hochberg's (1995) adjusted p-values, in the order given.
std::vector<double> benjamini_hochberg(const std::vector<double>& p_values);

}  // namespace genretrack
