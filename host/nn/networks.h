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
  int vector_size = 0;  // kHead of feature fusion: of the branches' vectors together
};

struct Network {
  ParameterLayout layout;
  std::vector<Tensor> inputs;       // one per branch; early fusion: one, of all branches' rows
  std::size_t answer_size = 0;      // numbers per clip that NetworkOps::logits() answers with
  std::vector<int> vector_sizes;    // kBranches: of each branch's vector
  std::vector<std::string> layers;  // for people: "block 1: 24 x 64 x 65"
};

// What of a network is recorded. Where it ends before the logits, NetworkOps::logits() answers with what
// stands there for every clip. Parameters have the names and shapes of the whole network.
enum class Part {
  kWhole,
  kEmbedding,  // to the vector before the last layer
  // Of feature and gated fusion:
  kBranches,  // to the branches' vectors, one behind the other: embeddings, or what the gate mixes
  kGate,      // to the gate's logits, one per branch
  kHead,      // from one input of the branches' vectors (feature) or of a mixed one (gated) to the logits
};

// The networks that a model consists of, each trained on its own: one, or for late, weighted and stacking one
// per branch.
std::vector<ModelSpec> networks_of(const ModelSpec& model);
// What files and messages call a network of networks_of(): its input, or the fusion that makes it one.
std::string network_name(const ModelSpec& network);

// Records one network (see networks_of()) on `ops`; prepare() is the caller's.
Network record_network(NetworkOps& ops, const ModelSpec& model, const ModelShape& shape,
                       Part part = Part::kWhole);

// "cnn2d 24-48-96-128 on spectrogram"
std::string describe(const BranchSpec& branch);
// "late: cnn2d 24-48-96-128 on spectrogram + ..."
std::string describe(const ModelSpec& model);

}  // namespace genretrack
