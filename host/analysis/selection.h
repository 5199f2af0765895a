// How much of the lead of the best of many is selection.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace genretrack {

struct Selection {
  std::size_t candidates = 0, clips = 0, groups = 0;
  std::size_t best = 0;  // index of the candidate with the highest mean; the first of equals
  double lead = 0;       // of its mean over the mean of all candidates
  // The same lead among as many candidates that are equally good, on clips like these: what choosing the
  // best alone gives.
  double expected_lead = 0;
  double p = 1;  // chance of a lead as large among them
};

// `hits`: per candidate, 0 or 1 for every clip, the same clips in the same order; their artists group them
// (an unknown artist is a group of its own). Groups are drawn with replacement, and every candidate's
// deviation from its own mean is what it would show if all were equal: the deviations keep how alike the
// candidates are, and what differs between their trainings. They are widened by sqrt(groups / (groups - 1)),
// which drawing groups loses. p = (1 + as large) / (1 + draws). Throws Error(kData) for no candidate, no clip
// or lists of different lengths.
Selection selection_of(const std::vector<std::vector<double>>& hits, const std::vector<std::string>& artists,
                       std::uint64_t seed = 1, std::size_t draws = 1999);

}  // namespace genretrack
