#include "host/trends/rank_trend.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <map>
#include <numeric>

namespace genretrack {
namespace {

double median(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<long>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

// From 1; equal values share the mean of their ranks.
std::vector<double> ranks(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> found(values.size());
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    for (std::size_t i = begin; i < end; ++i) found[order[i]] = static_cast<double>(begin + end + 1) / 2;
  }
  return found;
}

double p_of(double score, double variance) {
  if (score == 0 || variance <= 0) return 1;
  const double z = (std::abs(score) - 1) / std::sqrt(variance);
  return std::min(
      1.0, 2 * boost::math::cdf(boost::math::complement(boost::math::normal_distribution<double>(), z)));
}

}  // namespace

double sen_slope(const std::vector<double>& times, const std::vector<double>& values) {
  std::vector<double> slopes;
  slopes.reserve(values.size() * (values.size() - 1) / 2);
  for (std::size_t i = 1; i < values.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (times[i] != times[j]) slopes.push_back((values[i] - values[j]) / (times[i] - times[j]));
  return slopes.empty() ? 0 : median(slopes);
}

MannKendall mann_kendall(const std::vector<double>& values) {
  MannKendall test;
  for (std::size_t i = 1; i < values.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) test.score += (values[i] > values[j]) - (values[i] < values[j]);
  const double n = static_cast<double>(values.size());
  test.variance = n * (n - 1) * (2 * n + 5);
  std::map<double, double> ties;
  for (const double value : values) ++ties[value];
  for (const auto& [value, count] : ties) test.variance -= count * (count - 1) * (2 * count + 5);
  test.variance /= 18;
  test.p = p_of(test.score, test.variance);
  return test;
}

MannKendall mann_kendall_hamed_rao(const std::vector<double>& values) {
  MannKendall test = mann_kendall(values);
  const std::size_t count = values.size();
  if (count < 3) return test;
  std::vector<double> times(count), rest(count);
  std::iota(times.begin(), times.end(), 1.0);
  const double slope = sen_slope(times, values), n = static_cast<double>(count);
  for (std::size_t i = 0; i < count; ++i) rest[i] = values[i] - slope * times[i];
  std::vector<double> ranked = ranks(rest);
  for (double& rank : ranked) rank -= (n + 1) / 2;
  const double square = std::inner_product(ranked.begin(), ranked.end(), ranked.begin(), 0.0);
  if (square == 0) return test;
  const double bound =
      boost::math::quantile(boost::math::normal_distribution<double>(), 0.975) / std::sqrt(n);
  double sum = 0;
  for (std::size_t lag = 1; lag < count; ++lag) {
    double product = 0;
    for (std::size_t i = lag; i < count; ++i) product += ranked[i] * ranked[i - lag];
    const double correlation = product / square, left = n - static_cast<double>(lag);
    if (std::abs(correlation) > bound) sum += left * (left - 1) * (left - 2) * correlation;
  }
  test.variance *= 1 + 2 / (n * (n - 1) * (n - 2)) * sum;
  test.p = p_of(test.score, test.variance);
  return test;
}

std::vector<double> benjamini_hochberg(const std::vector<double>& p_values) {
  std::vector<std::size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return p_values[a] > p_values[b]; });
  std::vector<double> adjusted(p_values.size());
  double least = 1;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const double rank = static_cast<double>(order.size() - i);
    least = std::min(least, p_values[order[i]] * static_cast<double>(order.size()) / rank);
    adjusted[order[i]] = least;
  }
  return adjusted;
}

}  // namespace genretrack
