// Does a series swing with a period of its own?
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "host/trends/series.h"

namespace genretrack {

// Lomb and Scargle's power of `values` at angular frequencies (Scargle 1982, not normalised); times need not
// be evenly spaced.
class Periodogram {
 public:
  Periodogram(const std::vector<double>& times, const std::vector<double>& angular_frequencies);
  std::vector<double> power(const std::vector<double>& values) const;

 private:
  std::size_t count_;
  std::vector<double> cosines_, sines_;  // (frequencies, times), normalised
};

struct CycleTest {
  double years = 0;      // the period that stands out most
  double amplitude = 0;  // half of the swing, in units of the series
  double p = 1, adjusted_p = 1;
};

// The highest power over periods from two and a half steps to half of the series, as a share of the variance
// around a straight line and a multiple of what red noise has there on average, against the same maximum of
// surrogates. At least 12 values.
CycleTest test_cycle(const Series& series, double step_years, std::size_t surrogates, std::uint64_t seed,
                     std::uint64_t stream);

}  // namespace genretrack
