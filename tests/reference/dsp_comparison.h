// How far a map lies from a reference that float32 rounding has bounds for; see dsp_rounding.h.
#pragma once

#include <cmath>
#include <limits>

#include "tests/reference/dsp_transforms.h"

namespace genretrack::reference {

struct MapError {
  double largest = 0;       // of the differences
  double firm_largest = 0;  // at the firm values, which rounding may move by no more than the tolerance
  double beyond = 0;  // the largest distance from what rounding may do; infinite where one is not finite
  std::size_t values = 0;
  std::size_t firm = 0;
  std::size_t excused = 0;  // farther from the reference than the tolerance, by rounding alone
};

template <class Values>
MapError map_error(const Values& values, const BoundedMap& expected, double tolerance) {
  MapError error;
  const std::vector<double>& reference = expected.value.values;
  error.beyond = values.size() == reference.size() ? 0 : std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < reference.size() && std::isfinite(error.beyond); ++i) {
    const double v = values[i], low = expected.bounds.low.values[i], high = expected.bounds.high.values[i];
    const double difference = std::abs(v - reference[i]);
    error.beyond = std::isfinite(difference) ? std::max({error.beyond, low - v, v - high}) : INFINITY;
    ++error.values;
    error.largest = std::max(error.largest, difference);
    if (high - low <= tolerance) {
      ++error.firm;
      error.firm_largest = std::max(error.firm_largest, difference);
    }
    if (difference > tolerance) ++error.excused;
  }
  return error;
}

}  // namespace genretrack::reference
