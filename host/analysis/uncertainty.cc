#include "host/analysis/uncertainty.h"

#include <algorithm>
#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <numeric>

namespace genretrack {
namespace {

double t_quantile(double probability, double degrees) {
  return boost::math::quantile(boost::math::students_t_distribution<double>(degrees), probability);
}

double square(double value) { return value * value; }

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

// Unbiased; 0 for one value.
double variance_of(const std::vector<double>& values) {
  if (values.size() < 2) return 0;
  const double mean = mean_of(values);
  double sum = 0;
  for (const double value : values) sum += square(value - mean);
  return sum / static_cast<double>(values.size() - 1);
}

}  // namespace

double design_effect(const std::vector<double>& values, const Groups& groups) {
  const double count = static_cast<double>(groups.sums.size());
  const double by_clip = variance_of(values) * static_cast<double>(values.size());
  if (groups.sums.size() < 2 || by_clip == 0) return 1;
  const double mean = groups.mean();
  double by_group = 0;
  for (std::size_t group = 0; group < groups.sums.size(); ++group)
    by_group += square(groups.sums[group] - groups.sizes[group] * mean);
  by_group *= count / (count - 1);
  return std::max(1.0, by_group / by_clip);
}

Interval share_interval(double share, double variance, double clips, std::size_t groups, double level) {
  if (groups < 2) return {0, 1};
  const boost::math::normal_distribution<double> normal;
  const double z = boost::math::quantile(normal, 1 - level / 2);
  const double t = t_quantile(1 - level / 2, static_cast<double>(groups - 1));
  const double if_independent = share * (1 - share) / std::max(1.0, clips - 1);
  const double effect = variance > 0 ? std::max(1.0, variance / if_independent) : 1.0;
  const double effective = clips / effect * square(z / t);
  const double right = share * effective;
  using Beta = boost::math::beta_distribution<double>;
  const double low = right <= 0 ? 0 : boost::math::quantile(Beta(right, effective - right + 1), level / 2);
  const double high =
      right >= effective ? 1 : boost::math::quantile(Beta(right + 1, effective - right), 1 - level / 2);
  return {low, high};
}

Interval accuracy_interval(const std::vector<double>& hits, const Groups& groups, double level) {
  const double clips = static_cast<double>(hits.size()), share = mean_of(hits);
  const double variance = variance_of(hits) / clips * design_effect(hits, groups);
  return share_interval(share, variance, clips, groups.sums.size(), level);
}

std::optional<double> smallest_gain(std::size_t discordant, std::size_t clips, double effect,
                                    std::size_t groups, double level) {
  if (discordant == 0 || groups < 2) return std::nullopt;
  const double degrees = static_cast<double>(groups - 1), count = static_cast<double>(clips);
  const double factor = t_quantile(1 - level / 2, degrees) + t_quantile(0.8, degrees);
  return factor * std::sqrt(static_cast<double>(discordant)) / count * std::sqrt(effect);
}

SeedSpread seed_spread(const std::vector<double>& values, double level) {
  SeedSpread spread;
  spread.seeds = values.size();
  if (values.empty()) return spread;
  spread.mean = mean_of(values);
  if (values.size() < 2) return spread;
  const double count = static_cast<double>(values.size());
  spread.deviation = std::sqrt(variance_of(values));
  const double half = t_quantile(1 - level / 2, count - 1) * *spread.deviation / std::sqrt(count);
  spread.interval = Interval{spread.mean - half, spread.mean + half};
  return spread;
}

SeedSpread seed_difference(const std::vector<double>& first, const std::vector<double>& second,
                           double level) {
  SeedSpread spread;
  spread.seeds = std::min(first.size(), second.size());
  if (spread.seeds == 0) return spread;
  spread.mean = mean_of(first) - mean_of(second);
  if (spread.seeds < 2) return spread;
  const double count_a = static_cast<double>(first.size()), count_b = static_cast<double>(second.size());
  const double a = variance_of(first) / count_a, b = variance_of(second) / count_b;
  spread.deviation = std::sqrt(variance_of(first) + variance_of(second));
  if (a + b == 0) {
    spread.interval = Interval{spread.mean, spread.mean};
    return spread;
  }
  const double degrees = square(a + b) / (square(a) / (count_a - 1) + square(b) / (count_b - 1));
  const double half = t_quantile(1 - level / 2, degrees) * std::sqrt(a + b);
  spread.interval = Interval{spread.mean - half, spread.mean + half};
  return spread;
}

}  // namespace genretrack
