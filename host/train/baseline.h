// What a network has to beat: baselines that go through the same folds, files and statistics.
#pragma once

#include "host/train/branch_data.h"
#include "host/train/train_branch.h"

namespace genretrack {

// Architecture::kMajority: every clip gets the shares of the genres in the training part.
//
// Architecture::kSvm: mean and standard deviation over a clip of every row of the transform and of its deltas
// (width 9), standardised on the training part; a support vector machine with a Gaussian kernel (libsvm,
// Chang and Lin 2011), C and gamma chosen by accuracy over inner folds of the training part, grouped by
// artist. Probabilities are libsvm's pairwise coupling of sigmoids, whose inner folds are not grouped. The
// validation part is only predicted. Files keep parameters as floats; predictions are made before that.
//
// Throws Error(kData) for a clip with fewer frames than the deltas need, Error(kInterrupted).
TrainedBranch train_baseline(const BranchJob& job, const BranchData& data);

}  // namespace genretrack
