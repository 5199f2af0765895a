#include "host/analysis/components.h"

#include <algorithm>
#include <cmath>

#include "host/analysis/pelt.h"
#include "host/core/random.h"

namespace genretrack {
namespace {

// Of a window, all genres together: where windows are all but equal, differences that nobody would call a
// change are no sections.
constexpr double kLeastVariance = 1e-3;
constexpr double kPenalty = 5;
constexpr double kTrimmed = 0.1;  // share of the largest steps, among which changes are

std::vector<double> means_of(std::span<const double> shares, std::size_t genres) {
  std::vector<double> means(genres);
  for (std::size_t i = 0; i < shares.size(); ++i) means[i % genres] += shares[i];
  for (double& mean : means) mean /= static_cast<double>(shares.size() / genres);
  return means;
}

double quantile(std::vector<double>& values, double at) {
  std::sort(values.begin(), values.end());
  const double place = at * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return values[below] + (place - static_cast<double>(below)) * (values[above] - values[below]);
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

std::vector<Component> components(std::span<const double> shares, std::size_t genres, std::size_t least_block,
                                  double level, std::uint64_t seed, std::size_t draws) {
  const std::size_t windows = shares.size() / genres;
  std::vector<Component> found(genres);
  const std::vector<double> means = means_of(shares, genres);
  double longest = 1;
  for (std::size_t g = 0; g < genres; ++g) {
    found[g].share = means[g];
    longest = std::max(longest, autocorrelation_time(shares, genres, g));
  }
  const std::size_t block = std::max(least_block, static_cast<std::size_t>(std::ceil(2 * longest)));
  if (windows < kLeastBlocks * block) return found;
  // Sums over all windows before each, twice around.
  std::vector<double> sums((2 * windows + 1) * genres);
  for (std::size_t i = 0; i < 2 * windows * genres; ++i)
    sums[i + genres] = sums[i] + shares[i % shares.size()];
  const std::size_t blocks = (windows + block - 1) / block;
  const double spread = std::sqrt(static_cast<double>(blocks) / static_cast<double>(blocks - 1));
  std::vector<std::vector<double>> drawn(genres, std::vector<double>(draws));
  for (std::size_t d = 0; d < draws; ++d) {
    Random random(seed, Purpose::kBootstrap, d);
    std::vector<double> total(genres);
    for (std::size_t b = 0; b < blocks; ++b) {
      const std::size_t first = random.below(static_cast<std::uint32_t>(windows)), last = first + block;
      for (std::size_t g = 0; g < genres; ++g) total[g] += sums[last * genres + g] - sums[first * genres + g];
    }
    for (std::size_t g = 0; g < genres; ++g)
      drawn[g][d] = means[g] + spread * (total[g] / static_cast<double>(blocks * block) - means[g]);
  }
  for (std::size_t g = 0; g < genres; ++g)
    found[g].interval = Interval{std::clamp(quantile(drawn[g], level / 2), 0.0, means[g]),
                                 std::clamp(quantile(drawn[g], 1 - level / 2), means[g], 1.0)};
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
