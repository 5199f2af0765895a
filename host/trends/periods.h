// Stretches of time with enough songs in each.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "host/trends/song_table.h"

namespace genretrack {

struct Period {
  std::string label;                   // "1984", "1960 to 1964"
  int first = 0, last = 0;             // steps, both included
  double time = 0;                     // in years: the weighted mean of its songs
  int gap = 1;                         // from the period before, in widths of an unmerged period
  std::size_t begin = 0, end = 0;      // its songs in `order`
  std::size_t songs = 0, artists = 0;  // an unknown artist is one of its own
  double effective_songs = 0;          // (sum of weights)^2 / sum of squared weights
  bool merged = false;                 // wider than the others
};

struct Periods {
  Step step = Step::kYear;
  int width = 1;                   // steps in a period
  std::vector<std::size_t> order;  // songs, by period, artist
  std::vector<Period> periods;
};

// The narrowest width (1, 2, 5, 10, 20 or 50 years; quarters and months likewise) at which at most a fifth of
// the songs lie in periods of fewer than `least_songs` effective songs; such periods are then merged with the
// smaller of their neighbours. No song is left out, whatever its period holds.
Periods make_periods(const SongTable& songs, Step step, double least_songs);

}  // namespace genretrack
