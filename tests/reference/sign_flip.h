// The sign-flip test as its definition says it: every pattern of signs, one mean under test at a time.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

namespace genretrack::reference {

// Share of the 2^groups sign patterns whose |sum of sign * (group's sum - group's size * mean)| is at least
// the observed one.
inline double sign_flip_p(const std::vector<double>& sums, const std::vector<double>& sizes, double mean) {
  double observed = 0;
  for (std::size_t group = 0; group < sums.size(); ++group) observed += sums[group] - sizes[group] * mean;
  std::size_t as_extreme = 0;
  const std::uint64_t patterns = std::uint64_t{1} << sums.size();
  for (std::uint64_t pattern = 0; pattern < patterns; ++pattern) {
    double total = 0;
    for (std::size_t group = 0; group < sums.size(); ++group)
      total += (pattern >> group & 1 ? -1 : 1) * (sums[group] - sizes[group] * mean);
    if (std::abs(total) >= std::abs(observed) - 1e-9) ++as_extreme;
  }
  return static_cast<double>(as_extreme) / static_cast<double>(patterns);
}

}  // namespace genretrack::reference
