#include "host/analysis/variance_components.h"

#include <algorithm>
#include <cmath>

#include "host/analysis/artist_groups.h"

namespace genretrack {
namespace {

double square(double value) { return value * value; }

struct Means {
  double all = 0;
  std::vector<double> seed, clip, artist;
  std::vector<double> artist_clips;
};

Means means_of(const std::vector<std::vector<double>>& hits, const ArtistGroups& groups) {
  const std::size_t clips = groups.of_clip.size();
  const double seed_share = 1 / static_cast<double>(hits.size()), clip_share = 1 / static_cast<double>(clips);
  Means means;
  means.seed.resize(hits.size());
  means.clip.resize(clips);
  means.artist.resize(groups.count);
  means.artist_clips.resize(groups.count);
  for (std::size_t seed = 0; seed < hits.size(); ++seed)
    for (std::size_t clip = 0; clip < clips; ++clip) {
      means.seed[seed] += clip_share * hits[seed][clip];
      means.clip[clip] += seed_share * hits[seed][clip];
    }
  for (std::size_t clip = 0; clip < clips; ++clip) {
    means.all += clip_share * means.clip[clip];
    means.artist[groups.of_clip[clip]] += means.clip[clip];
    means.artist_clips[groups.of_clip[clip]] += 1;
  }
  for (std::size_t artist = 0; artist < groups.count; ++artist)
    means.artist[artist] /= means.artist_clips[artist];
  return means;
}

}  // namespace

std::optional<VarianceComponents> variance_components(const std::vector<std::vector<double>>& hits,
                                                      const std::vector<std::string>& artists) {
  const ArtistGroups groups = artist_groups(artists);
  const std::size_t clip_count = artists.size();
  if (hits.size() < 2 || groups.count < 2 || groups.count == clip_count) return std::nullopt;
  const Means means = means_of(hits, groups);
  const double seeds = static_cast<double>(hits.size()), clips = static_cast<double>(clip_count),
               artist_count = static_cast<double>(groups.count);
  double by_artist = 0, by_clip = 0, by_seed = 0, by_rest = 0, squared_sizes = 0;
  for (std::size_t artist = 0; artist < groups.count; ++artist) {
    by_artist += seeds * means.artist_clips[artist] * square(means.artist[artist] - means.all);
    squared_sizes += square(means.artist_clips[artist]);
  }
  for (std::size_t seed = 0; seed < hits.size(); ++seed) {
    by_seed += clips * square(means.seed[seed] - means.all);
    for (std::size_t clip = 0; clip < clip_count; ++clip)
      by_rest += square(hits[seed][clip] - means.clip[clip] - means.seed[seed] + means.all);
  }
  for (std::size_t clip = 0; clip < clip_count; ++clip)
    by_clip += seeds * square(means.clip[clip] - means.artist[groups.of_clip[clip]]);
  const double artist_square = by_artist / (artist_count - 1), clip_square = by_clip / (clips - artist_count),
               seed_square = by_seed / (seeds - 1), rest_square = by_rest / ((clips - 1) * (seeds - 1));
  const double typical_size = (clips - squared_sizes / clips) / (artist_count - 1);
  VarianceComponents found;
  found.rest = rest_square;
  found.clip = std::max(0.0, (clip_square - rest_square) / seeds);
  found.artist = std::max(0.0, (artist_square - clip_square) / (seeds * typical_size));
  found.seed = std::max(0.0, (seed_square - rest_square) / clips);
  found.artist_error = std::sqrt(found.artist * squared_sizes) / clips;
  found.clip_error = std::sqrt(found.clip / clips);
  found.seed_error = std::sqrt(found.seed);
  found.rest_error = std::sqrt(found.rest / clips);
  return found;
}

}  // namespace genretrack
