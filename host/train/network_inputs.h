// What the inputs of one network see of a fold.
#pragma once

#include <vector>

#include "host/nn/networks.h"
#include "host/train/branch_data.h"

namespace genretrack {

// One per input of the network (see networks_of()): a branch's transform, or, for early fusion, the rows of
// all of them one behind the other.
std::vector<BranchData> load_inputs(const FeatureCache& cache, const ModelSpec& network,
                                    const FoldClips& clips, int threads);

// Rows of each branch's transform.
std::vector<int> rows_of(const ModelSpec& network, const FeatureParams& features);

}  // namespace genretrack
