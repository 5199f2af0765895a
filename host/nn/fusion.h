// Fusion of what branches say about the same clips.
#pragma once

#include <span>
#include <vector>

namespace genretrack {

// Late fusion: the mean of the branches' probabilities, each (clips, genres) row-major. One branch is itself.
std::vector<double> late_fusion(std::span<const std::vector<double>> branches);

}  // namespace genretrack
