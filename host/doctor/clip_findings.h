// What is wrong with one recording, whatever the others are.
#pragma once

#include <cstddef>
#include <vector>

#include "host/dataset/dataset.h"
#include "host/doctor/examine_clip.h"
#include "host/doctor/finding.h"

namespace genretrack {

// Whether a readable recording holds nothing: below -60 dBFS as a whole.
bool is_silent(const ClipFacts& facts);

// Adds the findings of the clip at `index`. docs/doctor.md says why the bounds are what they are.
void find_in_clip(const Clip& clip, std::size_t index, const ClipFacts& facts,
                  std::vector<Finding>& findings);

}  // namespace genretrack
