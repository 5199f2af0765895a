#include "host/analysis/repeated_runs.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <numeric>

namespace genretrack {
namespace {

double square(double value) { return value * value; }

// Newcombe's variance of an estimated chance whose true value is `chance`.
double newcombe_variance(double chance, double first, double second) {
  const double both = (first + second) / 2 - 1;
  return chance * (1 - chance) * (1 + both * ((1 - chance) / (2 - chance) + chance / (1 + chance))) /
         (first * second);
}

// Where |estimate - chance| = z * error(chance), between the estimate (inside) and an end (outside).
double newcombe_end(double estimate, double end, double first, double second, double z) {
  double inside = estimate, outside = end;
  for (int step = 0; step < 200; ++step) {
    const double middle = (inside + outside) / 2;
    const bool within = square(estimate - middle) <= square(z) * newcombe_variance(middle, first, second);
    (within ? inside : outside) = middle;
  }
  return (inside + outside) / 2;
}

}  // namespace

std::optional<CorrectedT> corrected_resampled_t(const std::vector<double>& differences, double test_clips,
                                                double training_clips, double level) {
  if (differences.size() < kFewestFoldRepeats || training_clips <= 0) return std::nullopt;
  const double count = static_cast<double>(differences.size());
  CorrectedT result;
  result.repetitions = differences.size();
  result.mean = std::accumulate(differences.begin(), differences.end(), 0.0) / count;
  double squares = 0;
  for (const double difference : differences) squares += square(difference - result.mean);
  const double error = std::sqrt(squares / (count - 1) * (1 / count + test_clips / training_clips));
  const boost::math::students_t_distribution<double> t(count - 1);
  if (error > 0)
    result.p = 2 * boost::math::cdf(boost::math::complement(t, std::abs(result.mean) / error));
  else if (result.mean != 0)
    result.p = 0;
  const double half = boost::math::quantile(t, 1 - level / 2) * error;
  result.interval = {result.mean - half, result.mean + half};
  return result;
}

std::optional<ChanceToWin> chance_to_win(const std::vector<double>& first, const std::vector<double>& second,
                                         double level) {
  if (std::min(first.size(), second.size()) < kFewestSeedsForChance) return std::nullopt;
  double wins = 0;
  for (const double a : first)
    for (const double b : second) wins += a > b ? 1 : a == b ? 0.5 : 0;
  const double count_a = static_cast<double>(first.size()), count_b = static_cast<double>(second.size());
  const double z = boost::math::quantile(boost::math::normal_distribution<double>(), 1 - level / 2);
  ChanceToWin result;
  result.chance = wins / (count_a * count_b);
  // The chance itself is kept inside the open interval, or no value near an end would be within reach of it.
  result.interval = {result.chance == 0 ? 0 : newcombe_end(result.chance, 0, count_a, count_b, z),
                     result.chance == 1 ? 1 : newcombe_end(result.chance, 1, count_a, count_b, z)};
  return result;
}

}  // namespace genretrack
