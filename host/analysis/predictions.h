// What the statistics receive: probabilities per clip, and who the clips belong to.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace genretrack {

// Probabilities of one part (test or validation) of one run, averaged over its seeds where it has several.
struct Predictions {
  std::vector<std::string> genres;    // columns
  std::vector<std::string> clips;     // rows, sorted
  std::vector<std::size_t> truth;     // index into genres, per clip
  std::vector<std::string> artists;   // per clip; empty where unknown
  std::vector<double> probabilities;  // (clips, genres), row-major; rows sum to 1

  double probability(std::size_t clip, std::size_t genre) const {
    return probabilities[clip * genres.size() + genre];
  }
};

}  // namespace genretrack
