// Recordings that occur more than once in a data set.
#pragma once

#include <span>
#include <vector>

#include "host/dataset/dataset.h"
#include "host/doctor/examine_clip.h"
#include "host/doctor/finding.h"

namespace genretrack {

// Adds one finding for each set of equal files, of equal samples, and of recordings that share a stretch of
// sound, and says where such a set has two genres or lies in two parts of a split. Unreadable and silent
// clips are compared by their bytes only. Returns for each clip the first clip of its sound (itself where it
// is that).
std::vector<std::size_t> find_duplicates(const Dataset& dataset, std::span<const ClipFacts> facts,
                                         int threads, std::vector<Finding>& findings);

}  // namespace genretrack
