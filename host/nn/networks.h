// The network families: a model of a spec to recorded operations and a parameter layout. Device-blind.
#pragma once

#include <string>
#include <vector>

#include "host/backend/network_ops.h"
#include "host/nn/parameter_layout.h"
#include "host/spec/experiment.h"

namespace genretrack {

struct ModelShape {
  std::vector<int> rows;  // of each input transform
  int frames = 0;         // of one segment
  int classes = 0;
};

struct Network {
  ParameterLayout layout;
  std::vector<Tensor> inputs;       // one per branch
  std::vector<std::string> layers;  // for people: "block 1: 24 x 64 x 65"
};

// Where a recording ends: at the loss of the logits, or at the embedding, the vector before the last layer.
// NetworkOps::logits() then answers with the embedding of every clip; the parameters in front have the names
// and shapes of the whole network.
enum class Part { kWhole, kEmbedding };

// Records the one branch of `model` on `ops`, from its input to the end that is asked for; prepare() is the
// caller's.
Network record_network(NetworkOps& ops, const ModelSpec& model, const ModelShape& shape,
                       Part part = Part::kWhole);

// "cnn2d 24-48-96-128 on spectrogram"
std::string describe(const BranchSpec& branch);
// "late: cnn2d 24-48-96-128 on spectrogram + ..."
std::string describe(const ModelSpec& model);

}  // namespace genretrack
