// Does a series rise or fall by more than red noise and the sampling of songs make it?
#pragma once

#include <cstddef>
#include <cstdint>

#include "host/analysis/sign_flip.h"
#include "host/trends/series.h"

namespace genretrack {

struct TrendTest {
  double slope = 0;                           // Sen's, per year
  Interval interval;                          // at 1 - level
  double p = 1;                               // two-sided
  double adjusted_p = 1;                      // by the caller, over its family
  double hamed_rao_p = 1;                     // for comparison
  double autocorrelation = 0, deviation = 0;  // of the noise
  double whiteness_p = 1;                     // small where red noise does not describe the series
};

// Null distribution: Sen's slope of `surrogates` series of red noise (red_noise.h) fitted to the series with
// a line. p counts slopes at least as steep; the interval is the slope plus and minus the null's quantile, so
// it excludes 0 exactly where p is at most `level`. At least 4 values; `stream` tells series of one analysis
// apart.
TrendTest test_trend(const Series& series, double level, std::size_t surrogates, std::uint64_t seed,
                     std::uint64_t stream);

}  // namespace genretrack
