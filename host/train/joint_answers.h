// What each branch of a network that was trained jointly gives on its own.
#pragma once

#include "host/train/train_branch.h"

namespace genretrack {

// Fills trained->branches, and trained->gate for gated fusion, for validation and test clips:
// - early: the network's answer where the rows of all other transforms are at their mean over the training
//   part;
// - feature: the head's answer where the vectors of all other branches are at their mean over the segments of
//   the training part;
// - gated: the answer to the branch's own vector, as if the gate gave it all the weight.
// Means over a clip's segments, as predictions are. A gate's weights likewise.
void answer_by_branch(const BranchJob& job, const std::vector<BranchData>& inputs, TrainedBranch* trained);

}  // namespace genretrack
