// How many genres a period effectively has.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "host/trends/series.h"
#include "host/trends/shares.h"

namespace genretrack {

struct Diversity {
  std::size_t songs = 0;    // per period, drawn without replacement, so that periods can be compared
  Series shannon, simpson;  // effective numbers of genres: exp(entropy) and 1 / sum of squared shares
};

double effective_genres_shannon(const double* shares, std::size_t genres);
double effective_genres_simpson(const double* shares, std::size_t genres);

// Rarefied: the mean over `rounds` draws of as many songs from every period as the smallest has. Shares are
// corrected like the primary ones. Standard errors are those of the bootstrap draws.
Diversity measure_diversity(const SongTable& songs, const Shares& shares, const SongTable* labelled,
                            std::size_t rounds, std::uint64_t seed);

}  // namespace genretrack
