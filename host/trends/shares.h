// Shares of genres by period, plain and corrected for the errors of whoever gave the probabilities, with one
// bootstrap over everything that is uncertain.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/trends/periods.h"
#include "host/trends/song_table.h"

namespace genretrack {

// One estimate of the shares of every period.
struct ShareSeries {
  std::vector<double> values, low, high;  // (periods, genres); percentile intervals
  std::vector<float> draws;               // (draws, periods, genres), of the bootstrap
};

struct Shares {
  std::vector<std::string> genres;
  Periods periods;
  std::size_t draws = 0, labelled = 0, seeds = 1;
  std::vector<std::size_t> most_probable;  // songs per genre of which it is the most probable one
  ShareSeries plain;                       // averages of the probabilities
  // Corrected: present where labelled clips are. The first inverts the mean probabilities that the labelled
  // clips of each genre get (constrained least squares); the second is the EM on calibrated probabilities.
  std::optional<ShareSeries> adjusted, em;
  double calibration_exponent = 1;

  // What is analysed: the adjusted shares where they are known.
  const ShareSeries& primary() const { return adjusted ? *adjusted : plain; }
  double value(const ShareSeries& series, std::size_t period, std::size_t genre) const {
    return series.values[period * genres.size() + genre];
  }
};

struct ShareOptions {
  std::size_t draws = 499;
  double level = 0.05;  // of the intervals
  std::uint64_t seed = 1;
  int threads = 1;
};

// The bootstrap draws artists within periods (a song whose artist is unknown is one of its own), labelled
// clips or their artists within genres, and seeds where there are several; n - 1 of n, so that variances have
// no bias (Rao and Wu 1988). Throws Error(kData) where a genre has fewer than two labelled clips.
Shares estimate_shares(const SongTable& songs, Periods periods, const SongTable* labelled,
                       const ShareOptions& options);

}  // namespace genretrack
