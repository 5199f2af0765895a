#include "host/analysis/paired_tests.h"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <numeric>

namespace genretrack {

double mcnemar_mid_p(std::size_t first, std::size_t second) {
  if (first + second == 0) return 1;
  const boost::math::binomial_distribution<double> null(static_cast<double>(first + second), 0.5);
  const double smaller = static_cast<double>(std::min(first, second));
  return std::min(1.0, 2 * boost::math::cdf(null, smaller) - boost::math::pdf(null, smaller));
}

std::vector<HolmDecision> holm(const std::vector<double>& p_values, double alpha) {
  const std::size_t count = p_values.size();
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return p_values[a] < p_values[b]; });
  std::vector<HolmDecision> decisions(count);
  double adjusted = 0, level = 0;
  bool rejecting = true;
  for (std::size_t rank = 0; rank < count; ++rank) {
    const double p = p_values[order[rank]], remaining = static_cast<double>(count - rank);
    adjusted = std::max(adjusted, std::min(1.0, remaining * p));
    if (rejecting) {
      level = alpha / remaining;
      rejecting = p <= level;
    }
    decisions[order[rank]] = {adjusted, level, rejecting};
  }
  return decisions;
}

}  // namespace genretrack
