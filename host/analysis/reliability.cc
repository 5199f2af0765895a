#include "host/analysis/reliability.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <numeric>

#include "host/analysis/artist_groups.h"
#include "host/analysis/metrics.h"
#include "host/core/error.h"
#include "host/core/random.h"

namespace genretrack {
namespace {

constexpr std::uint64_t kSeed = 1;
constexpr std::size_t kDraws = 999;

// Quantiles of the share of hits among independent clips with these chances of a hit.
Interval consistent_share(const std::vector<double>& chances, double level) {
  std::vector<double> probability(chances.size() + 1);  // of so many hits
  probability[0] = 1;
  for (std::size_t seen = 0; seen < chances.size(); ++seen)
    for (std::size_t hits = seen + 2; hits-- > 0;)
      probability[hits] =
          probability[hits] * (1 - chances[seen]) + (hits > 0 ? probability[hits - 1] * chances[seen] : 0);
  const auto quantile = [&](double share) {
    double below = 0;
    for (std::size_t hits = 0; hits < probability.size(); ++hits)
      if ((below += probability[hits]) >= share)
        return static_cast<double>(hits) / static_cast<double>(chances.size());
    return 1.0;
  };
  return {quantile(level / 2), quantile(1 - level / 2)};
}

// Of every artist and bin: the sum of (confidence - hit), and the clips.
struct BinSums {
  std::size_t bins;
  std::vector<double> gaps, clips;

  double square_error(const std::vector<std::size_t>& times) const {
    std::vector<double> gap(bins), count(bins);
    double all = 0, square = 0;
    for (std::size_t artist = 0; artist < times.size(); ++artist) {
      if (times[artist] == 0) continue;
      const double weight = static_cast<double>(times[artist]);
      for (std::size_t bin = 0; bin < bins; ++bin) {
        gap[bin] += weight * gaps[artist * bins + bin];
        count[bin] += weight * clips[artist * bins + bin];
        all += weight * clips[artist * bins + bin];
      }
    }
    for (std::size_t bin = 0; bin < bins; ++bin)
      if (count[bin] > 0) square += gap[bin] * gap[bin] / (count[bin] * all);
    return square;
  }
};

std::optional<Interval> error_interval(const BinSums& sums, std::size_t artists, double level) {
  if (artists < 2) return std::nullopt;
  const double found = sums.square_error(std::vector<std::size_t>(artists, 1));
  Random random(kSeed, Purpose::kBootstrap);
  std::vector<double> draws;
  std::vector<std::size_t> times(artists);
  for (std::size_t draw = 0; draw < kDraws; ++draw) {
    std::fill(times.begin(), times.end(), std::size_t{0});
    for (std::size_t i = 0; i < artists; ++i) ++times[random.below(static_cast<std::uint32_t>(artists))];
    draws.push_back(sums.square_error(times));
  }
  const double mean = std::accumulate(draws.begin(), draws.end(), 0.0) / static_cast<double>(kDraws);
  double variance = 0;
  for (const double draw : draws) variance += (draw - mean) * (draw - mean) / static_cast<double>(kDraws - 1);
  const boost::math::students_t_distribution<double> t(static_cast<double>(artists - 1));
  const double half = boost::math::quantile(t, 1 - level / 2) * std::sqrt(variance);
  const double centre = 2 * found - mean;
  const auto root = [](double square) { return std::sqrt(std::max(0.0, square)); };
  return Interval{root(centre - half), root(centre + half)};
}

}  // namespace

std::size_t reliability_bins(std::size_t clips) { return std::clamp<std::size_t>(clips / 10, 2, 15); }

Reliability reliability(const Predictions& predictions, std::size_t bins, double level) {
  const std::size_t clips = predictions.clips.size();
  if (clips < 2 * bins)
    throw Error(ErrorKind::kData, "calibration needs two clips in each of " + std::to_string(bins) +
                                      " bins; there are " + std::to_string(clips) + " clips");
  const ArtistGroups groups = artist_groups(predictions.artists);
  std::vector<double> confidence(clips);
  for (std::size_t clip = 0; clip < clips; ++clip)
    confidence[clip] = std::min(1.0, predictions.probability(clip, predicted_genre(predictions, clip)));
  const std::vector<double> right = hits(predictions);
  std::vector<std::size_t> order(clips);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return confidence[a] < confidence[b]; });
  BinSums sums{bins, std::vector<double>(groups.count * bins), std::vector<double>(groups.count * bins)};
  Reliability result;
  double square = 0;
  for (std::size_t bin = 0; bin < bins; ++bin) {
    const std::size_t begin = bin * clips / bins, end = (bin + 1) * clips / bins;
    const double count = static_cast<double>(end - begin);
    ReliabilityBin found;
    std::vector<double> chances;
    for (std::size_t i = begin; i < end; ++i) {
      const std::size_t clip = order[i], at = groups.of_clip[clip] * bins + bin;
      chances.push_back(confidence[clip]);
      found.confidence += confidence[clip] / count;
      found.accuracy += right[clip] / count;
      sums.gaps[at] += confidence[clip] - right[clip];
      sums.clips[at] += 1;
    }
    found.clips = chances.size();
    found.consistent = consistent_share(chances, level);
    const double gap = found.confidence - found.accuracy;
    square += count / static_cast<double>(clips) *
              (gap * gap - found.accuracy * (1 - found.accuracy) / (count - 1));
    result.bins.push_back(found);
  }
  result.error = std::sqrt(std::max(0.0, square));
  result.interval = error_interval(sums, groups.count, level);
  if (result.interval) {
    result.interval->low = std::min(result.interval->low, result.error);
    result.interval->high = std::max(result.interval->high, result.error);
  }
  return result;
}

}  // namespace genretrack
