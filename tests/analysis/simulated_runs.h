// Two made-up runs on the same clips, whose true accuracies are known. A clip is right where
//   artist + run's artist + clip + run's clip < threshold of the run,
// independent normal effects whose variances sum to 1, so that the true accuracy is the normal distribution's
// value at the threshold. The second term makes differences between two runs go together within an artist.
#pragma once

#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <string>
#include <vector>

#include "host/core/random.h"

namespace genretrack::testing {

struct SimulatedDesign {
  std::vector<std::size_t> clips_per_artist;
  double first_accuracy = 0.8, second_accuracy = 0.8;
  double artist = 0.25, run_artist = 0.15, clip = 0.35, run_clip = 0.25;  // variances
};

struct SimulatedHits {
  std::vector<double> first, second;  // 0 or 1 per clip
  std::vector<std::string> artists;
};

// `artists` artists with 1, 2, ... up to 2 * mean - 1 clips each, spread evenly: as uneven as real test parts
// are.
inline std::vector<std::size_t> uneven_artists(std::size_t artists, std::size_t mean) {
  std::vector<std::size_t> clips;
  for (std::size_t artist = 0; artist < artists; ++artist)
    clips.push_back(1 + (artist * (2 * mean - 2) + (artists - 1) / 2) / (artists - 1));
  return clips;
}

inline double simulated_normal(Random& random) {
  return boost::math::quantile(boost::math::normal_distribution<double>(), random.uniform());
}

inline SimulatedHits simulate_hits(const SimulatedDesign& design, std::uint64_t seed) {
  const boost::math::normal_distribution<double> normal;
  const double first_threshold = boost::math::quantile(normal, design.first_accuracy);
  const double second_threshold = boost::math::quantile(normal, design.second_accuracy);
  Random random(seed, Purpose::kBootstrap);
  SimulatedHits hits;
  for (std::size_t artist = 0; artist < design.clips_per_artist.size(); ++artist) {
    const double shared = std::sqrt(design.artist) * simulated_normal(random);
    const double first = shared + std::sqrt(design.run_artist) * simulated_normal(random);
    const double second = shared + std::sqrt(design.run_artist) * simulated_normal(random);
    for (std::size_t clip = 0; clip < design.clips_per_artist[artist]; ++clip) {
      const double hard = std::sqrt(design.clip) * simulated_normal(random);
      const double noise = std::sqrt(design.run_clip);
      hits.first.push_back(first + hard + noise * simulated_normal(random) < first_threshold ? 1 : 0);
      hits.second.push_back(second + hard + noise * simulated_normal(random) < second_threshold ? 1 : 0);
      hits.artists.push_back("artist " + std::to_string(artist));
    }
  }
  return hits;
}

}  // namespace genretrack::testing
