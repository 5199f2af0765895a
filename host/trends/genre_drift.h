// Does what a genre sounds like change with the years?
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "host/trends/song_table.h"

namespace genretrack {

struct GenreDrift {
  std::size_t songs = 0, units = 0;  // units: artists, an unknown one for every song
  double explained = 0;              // share of the songs' variance that a line in time explains
  double p = 1, adjusted_p = 1;
  std::optional<std::size_t> direction;  // the dimension that moved most, beside the genre's own
  double correlation = 0;                // of that dimension with time
};

// Within each genre (the true one where it is known, else the most probable): the mean over the dimensions of
// `features` (songs, dimensions) of the squared correlation with time, against permutations of the times of
// artists, whose songs are averaged first. `own_dimension`: dimensions are genres, and a genre's own is not
// named as the direction. Benjamini and Hochberg over genres. A genre of fewer than 10 units is not tested.
//
// Where the true genres are not known, the songs taken for a genre change also because the mix of what is
// mistaken for it does, and a rejection then does not tell which.
std::vector<GenreDrift> test_genre_drift(const SongTable& songs, const std::vector<double>& times,
                                         const Eigen::MatrixXf& features, bool own_dimension,
                                         std::size_t permutations, std::uint64_t seed, int threads);

// Centred log-ratios of probabilities averaged over seeds, each at least 0.001: what a song sounds like, in
// words of genres.
Eigen::MatrixXf probability_profiles(const SongTable& songs);

}  // namespace genretrack
