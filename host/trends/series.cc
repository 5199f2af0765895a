#include "host/trends/series.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace genretrack {

bool varies(const std::vector<double>& values) {
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  return !values.empty() && *high - *low > 1e-9 * std::max(1.0, std::abs(*high));
}

double standard_normal(Random& random) {
  const double radius = std::sqrt(-2 * std::log(random.uniform()));
  return radius * std::cos(2 * std::numbers::pi * random.uniform());
}

Line least_squares_line(const std::vector<double>& times, const std::vector<double>& values) {
  const double count = static_cast<double>(values.size());
  const double time = std::accumulate(times.begin(), times.end(), 0.0) / count;
  const double value = std::accumulate(values.begin(), values.end(), 0.0) / count;
  double product = 0, square = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    product += (times[i] - time) * (values[i] - value);
    square += (times[i] - time) * (times[i] - time);
  }
  const double slope = square > 0 ? product / square : 0;
  return {value - slope * time, slope};
}

std::vector<double> without_line(const std::vector<double>& times, const std::vector<double>& values) {
  const Line line = least_squares_line(times, values);
  std::vector<double> rest(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) rest[i] = values[i] - line.at(times[i]);
  return rest;
}

double p_of_rank(double observed, const std::vector<double>& null) {
  const auto extreme =
      std::count_if(null.begin(), null.end(), [&](double value) { return value >= observed; });
  return (1 + static_cast<double>(extreme)) / (1 + static_cast<double>(null.size()));
}

double upper_quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  // The rank at which p_of_rank falls to `share`.
  const double rank = std::floor(share * static_cast<double>(values.size() + 1));
  const std::size_t above = rank < 1 ? 0 : static_cast<std::size_t>(rank) - 1;
  return values[values.size() - 1 - std::min(above, values.size() - 1)];
}

}  // namespace genretrack
