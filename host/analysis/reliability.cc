#include "host/analysis/reliability.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <numeric>

#include "host/analysis/artist_groups.h"
#include "host/analysis/metrics.h"
#include "host/core/error.h"

namespace genretrack {
namespace {

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

// What a clip adds to its bin.
struct BinnedClip {
  std::size_t artist, bin;
  double gap;  // confidence - hit
};

// The squared error with each artist's clips counted so many times.
template <class Times>
double square_error(const std::vector<BinnedClip>& clips, std::size_t bins, const Times& times) {
  std::vector<double> gap(bins), count(bins);
  for (const BinnedClip& clip : clips) {
    const double weight = static_cast<double>(times[clip.artist]);
    gap[clip.bin] += weight * clip.gap;
    count[clip.bin] += weight;
  }
  const double all = std::accumulate(count.begin(), count.end(), 0.0);
  double square = 0;
  for (std::size_t bin = 0; bin < bins; ++bin)
    if (count[bin] > 0) square += gap[bin] * gap[bin] / (count[bin] * all);
  return square;
}

std::optional<Interval> error_interval(const std::vector<BinnedClip>& clips, std::size_t bins, double level,
                                       const ArtistDraws& artist_draws) {
  const std::size_t artists = artist_draws.artists();
  if (artists < 2) return std::nullopt;
  const double found = square_error(clips, bins, std::vector<int>(artists, 1));
  std::vector<double> draws;
  for (std::size_t draw = 0; draw < artist_draws.draws(); ++draw)
    draws.push_back(square_error(clips, bins, artist_draws.times(draw)));
  const double count = static_cast<double>(draws.size());
  const double mean = std::accumulate(draws.begin(), draws.end(), 0.0) / count;
  double variance = 0;
  for (const double draw : draws) variance += (draw - mean) * (draw - mean) / (count - 1);
  const boost::math::students_t_distribution<double> t(static_cast<double>(artists - 1));
  const double half = boost::math::quantile(t, 1 - level / 2) * std::sqrt(variance);
  const double centre = 2 * found - mean;
  const auto root = [](double square) { return std::sqrt(std::max(0.0, square)); };
  return Interval{root(centre - half), root(centre + half)};
}

}  // namespace

std::size_t reliability_bins(std::size_t clips) { return std::clamp<std::size_t>(clips / 10, 2, 15); }

Reliability reliability(const Predictions& predictions, std::size_t bins, double level,
                        const ArtistDraws& draws) {
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
  std::vector<BinnedClip> binned;
  Reliability result;
  double square = 0;
  for (std::size_t bin = 0; bin < bins; ++bin) {
    const std::size_t begin = bin * clips / bins, end = (bin + 1) * clips / bins;
    const double count = static_cast<double>(end - begin);
    ReliabilityBin found;
    std::vector<double> chances;
    for (std::size_t i = begin; i < end; ++i) {
      const std::size_t clip = order[i];
      chances.push_back(confidence[clip]);
      found.confidence += confidence[clip] / count;
      found.accuracy += right[clip] / count;
      binned.push_back({groups.of_clip[clip], bin, confidence[clip] - right[clip]});
    }
    found.clips = chances.size();
    found.consistent = consistent_share(chances, level);
    const double gap = found.confidence - found.accuracy;
    square += count / static_cast<double>(clips) *
              (gap * gap - found.accuracy * (1 - found.accuracy) / (count - 1));
    result.bins.push_back(found);
  }
  result.error = std::sqrt(std::max(0.0, square));
  result.interval = error_interval(binned, bins, level, draws);
  if (result.interval) {
    result.interval->low = std::min(result.interval->low, result.error);
    result.interval->high = std::max(result.interval->high, result.error);
  }
  return result;
}

}  // namespace genretrack
