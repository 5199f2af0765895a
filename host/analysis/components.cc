#include "host/analysis/components.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <numbers>

#include "host/analysis/pelt.h"

namespace genretrack {
namespace {

// Of a window, all genres together: where windows are all but equal, differences that nobody would call a
// change are no sections.
constexpr double kLeastVariance = 1e-3;
constexpr double kPenalty = 5;
// With this number the rule for the waves is 0.4 * windows^(2/3).
constexpr double kRememberedAtLeast = 4;
constexpr double kTrimmed = 0.1;  // share of the largest steps, among which changes are

std::vector<double> means_of(std::span<const double> shares, std::size_t genres) {
  std::vector<double> means(genres);
  for (std::size_t i = 0; i < shares.size(); ++i) means[i % genres] += shares[i];
  for (double& mean : means) mean /= static_cast<double>(shares.size() / genres);
  return means;
}

// Variance of a share's mean over windows, from as many cosine waves: each wave's projection, squared, is an
// estimate of the spectrum at its own low frequency, and their mean one of that at zero.
double variance_of_mean(std::span<const double> shares, std::size_t genres, std::size_t genre,
                        std::size_t waves) {
  const std::size_t windows = shares.size() / genres;
  const double count = static_cast<double>(windows);
  double squares = 0;
  for (std::size_t wave = 1; wave <= waves; ++wave) {
    const double step = std::numbers::pi * static_cast<double>(wave) / count;
    double projection = 0;  // a cosine's own sum over the windows is 0, so the mean need not be taken off
    for (std::size_t w = 0; w < windows; ++w)
      projection += std::cos(step * (static_cast<double>(w) + 0.5)) * shares[w * genres + genre];
    squares += 2 * projection * projection / count;
  }
  return squares / static_cast<double>(waves) / count;
}

// Variance of one window, all genres together, from steps between windows that share no sound.
double window_variance(const std::vector<double>& values, std::size_t genres, std::size_t spacing) {
  std::vector<double> steps;
  for (std::size_t w = spacing; w < values.size() / genres; ++w) {
    double square = 0;
    for (std::size_t g = 0; g < genres; ++g) {
      const double step = values[w * genres + g] - values[(w - spacing) * genres + g];
      square += step * step;
    }
    steps.push_back(square / 2);
  }
  std::sort(steps.begin(), steps.end());
  const auto kept = static_cast<std::size_t>((1 - kTrimmed) * static_cast<double>(steps.size()));
  double sum = 0;
  for (std::size_t i = 0; i < kept; ++i) sum += steps[i];
  return std::max(kLeastVariance, kept > 0 ? sum / static_cast<double>(kept) : 0);
}

}  // namespace

double autocorrelation_time(std::span<const double> shares, std::size_t genres, std::size_t genre) {
  const std::size_t windows = shares.size() / genres;
  double mean = 0, variance = 0;
  for (std::size_t w = 0; w < windows; ++w) mean += shares[w * genres + genre] / static_cast<double>(windows);
  const auto deviation = [&](std::size_t w) { return shares[w * genres + genre] - mean; };
  for (std::size_t w = 0; w < windows; ++w) variance += deviation(w) * deviation(w);
  if (variance < 1e-12) return 1;
  double time = 1;
  for (std::size_t lag = 1; lag < windows; ++lag) {
    double product = 0;
    for (std::size_t w = lag; w < windows; ++w) product += deviation(w) * deviation(w - lag);
    if (product <= 0) break;
    time += 2 * product / variance;
  }
  return time;
}

std::vector<Component> components(std::span<const double> shares, std::size_t genres, std::size_t spacing,
                                  double level) {
  const std::size_t windows = shares.size() / genres;
  std::vector<Component> found(genres);
  const std::vector<double> means = means_of(shares, genres);
  double longest = 1;
  for (std::size_t g = 0; g < genres; ++g) {
    found[g].share = means[g];
    longest = std::max(longest, autocorrelation_time(shares, genres, g));
  }
  const std::size_t block = std::max(spacing, static_cast<std::size_t>(std::ceil(2 * longest)));
  if (windows < kLeastBlocks * block) return found;
  const double independent = static_cast<double>(windows) / std::max(kRememberedAtLeast, longest);
  const auto waves = std::max<std::size_t>(1, static_cast<std::size_t>(std::pow(independent, 2.0 / 3)));
  const double t =
      quantile(boost::math::students_t_distribution<double>(static_cast<double>(waves)), 1 - level / 2);
  for (std::size_t g = 0; g < genres; ++g) {
    const double half = t * std::sqrt(variance_of_mean(shares, genres, g, waves));
    found[g].interval = Interval{std::max(0.0, means[g] - half), std::min(1.0, means[g] + half)};
  }
  return found;
}

std::vector<double> smoothed(std::span<const double> shares, std::size_t genres, double deviation) {
  if (!(deviation > 0)) return {shares.begin(), shares.end()};
  const auto windows = static_cast<std::ptrdiff_t>(shares.size() / genres);
  const auto reach = static_cast<std::ptrdiff_t>(std::ceil(3 * deviation));
  std::vector<double> smooth(shares.size());
  for (std::ptrdiff_t w = 0; w < windows; ++w) {
    double* to = smooth.data() + static_cast<std::size_t>(w) * genres;
    double total = 0;
    for (std::ptrdiff_t v = std::max<std::ptrdiff_t>(0, w - reach); v < std::min(windows, w + reach + 1);
         ++v) {
      const double distance = static_cast<double>(v - w) / deviation,
                   weight = std::exp(-0.5 * distance * distance);
      total += weight;
      for (std::size_t g = 0; g < genres; ++g)
        to[g] += weight * shares[static_cast<std::size_t>(v) * genres + g];
    }
    for (std::size_t g = 0; g < genres; ++g) to[g] /= total;
  }
  return smooth;
}

std::vector<std::size_t> section_starts(std::span<const double> shares, std::size_t genres,
                                        std::size_t spacing, std::size_t least) {
  const std::size_t windows = shares.size() / genres;
  if (windows < 2 * least || windows <= spacing + 1) return {};
  std::vector<double> roots(shares.begin(), shares.end());
  for (double& root : roots) root = std::sqrt(std::max(0.0, root));
  const double penalty = kPenalty * window_variance(roots, genres, spacing) * static_cast<double>(spacing) *
                         std::log(static_cast<double>(windows));
  return pelt(SegmentCost(roots, genres), penalty, least);
}

}  // namespace genretrack
