// Where the uncertainty of an accuracy comes from.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace genretrack {

// Variances between single hits: value(seed, clip) = mean + artist + clip within its artist + seed + rest,
// estimated from sums of squares (Henderson's method I; Searle, Casella and McCulloch 1992), negative ones
// counted as 0. The rest holds what a seed does to single clips.
struct VarianceComponents {
  double artist = 0, clip = 0, seed = 0, rest = 0;
  // What each adds to the standard error of the accuracy of one training on these clips.
  double artist_error = 0, clip_error = 0, seed_error = 0, rest_error = 0;
};

// `hits` holds one vector per seed, over the same clips. Nothing for fewer than two seeds or artists, or
// where no artist has two clips: two of the sources could then not be told apart.
std::optional<VarianceComponents> variance_components(const std::vector<std::vector<double>>& hits,
                                                      const std::vector<std::string>& artists);

}  // namespace genretrack
