// The network families: a branch of a spec to recorded operations and a parameter layout. Device-blind.
#pragma once

#include <string>
#include <vector>

#include "host/backend/network_ops.h"
#include "host/nn/parameter_layout.h"
#include "host/spec/experiment.h"

namespace genretrack {

struct BranchShape {
  int rows = 0;    // of the input transform
  int frames = 0;  // of one segment
  int classes = 0;
};

struct BranchNetwork {
  ParameterLayout layout;
  Tensor input;
  std::vector<std::string> layers;  // for people: "block 1: 24 x 64 x 65"
};

// Records the branch on `ops`, from its input to the loss; prepare() is the caller's.
BranchNetwork record_branch(NetworkOps& ops, const BranchSpec& branch, const BranchShape& shape);

// "cnn2d 24-48-96-128 on spectrogram"
std::string describe(const BranchSpec& branch);
// "late: cnn2d 24-48-96-128 on spectrogram + ..."
std::string describe(const ModelSpec& model);

}  // namespace genretrack
