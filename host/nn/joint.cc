// Whole networks: a branch alone, or branches that are trained together.
#include "host/core/error.h"
#include "host/nn/recorder.h"
#include "host/spec/choices.h"

namespace genretrack {
namespace {

// Dropout layers of a branch count from here, those of the head from where the last branch's end.
constexpr std::uint32_t kMasksPerBranch = 256;

struct Joint {
  NetworkOps& ops;
  const ModelSpec& model;
  const ModelShape& shape;
  Part part;
  Network network = {};
  BranchSpec dropout = {};  // only its dropout is read

  Recorder head_recorder(const std::string& prefix) {
    dropout.dropout = model.dropout;
    return {ops, dropout, network, prefix,
            kMasksPerBranch * static_cast<std::uint32_t>(model.branches.size())};
  }

  Network end(Tensor x) {
    network.answer_size = static_cast<std::size_t>(x.channels) * static_cast<std::size_t>(x.height * x.width);
    ops.softmax_cross_entropy(x);
    return std::move(network);
  }

  Network alone(const BranchSpec& branch, int rows) {
    Recorder r{ops, branch, network, "", 0};
    const Tensor embedding = record_embedding(r, rows, shape.frames);
    return end(part == Part::kEmbedding ? embedding : r.output(embedding, shape.classes));
  }

  std::vector<Tensor> embeddings() {
    std::vector<Tensor> all;
    for (std::size_t b = 0; b < model.branches.size(); ++b) {
      const BranchSpec& branch = model.branches[b];
      Recorder r{ops, branch, network, std::string(name(branch.input)) + "/",
                 kMasksPerBranch * static_cast<std::uint32_t>(b)};
      all.push_back(record_embedding(r, shape.rows.at(b), shape.frames));
    }
    return all;
  }

  Network vectors(const std::vector<Tensor>& parts) {
    for (const Tensor& x : parts) network.vector_sizes.push_back(x.channels * x.height * x.width);
    return end(ops.concatenate(parts));
  }

  Network feature() {
    Tensor x;
    if (part == Part::kHead) {
      x = ops.input(shape.vector_size, 1, 1);
      network.inputs.push_back(x);
    } else {
      const std::vector<Tensor> parts = embeddings();
      if (part == Part::kBranches) return vectors(parts);
      x = ops.concatenate(parts);
    }
    return head(x);
  }

  // Hidden layers; `first_mask` counts on from the layers before. They share the dropout of the fusion.
  Tensor hidden(Recorder& r, Tensor x, std::uint32_t first_mask) {
    for (std::size_t i = 0; i < model.units.size(); ++i)
      x = r.dropout(r.hidden(x, model.units[i], "dense" + std::to_string(i + 1)),
                    first_mask + static_cast<std::uint32_t>(i));
    return x;
  }

  // From one vector per segment to the end.
  Network head(Tensor x) {
    Recorder r = head_recorder("head/");
    x = hidden(r, x, 0);
    if (part == Part::kEmbedding) return end(x);
    return end(head_recorder("").output(x, shape.classes));
  }

  Network gated() {
    if (part == Part::kHead) {
      const Tensor x = ops.input(model.embedding, 1, 1);
      network.inputs.push_back(x);
      return head(x);
    }
    std::vector<Tensor> mixed, seen;  // by the sum, and by the gate
    const std::vector<Tensor> parts = embeddings();
    for (std::size_t b = 0; b < parts.size(); ++b) {
      Recorder r = head_recorder(std::string(name(model.branches[b].input)) + "/");
      const Tensor vector = r.hidden(parts[b], model.embedding, "mixed");
      if (part == Part::kBranches) {
        mixed.push_back(vector);
        continue;
      }
      const auto [a, c] = ops.fork(vector);
      mixed.push_back(a);
      seen.push_back(c);
    }
    if (part == Part::kBranches) return vectors(mixed);
    const Tensor gate = record_gate(seen);
    if (part == Part::kGate) return end(gate);
    const Tensor x = ops.gated_sum(gate, mixed);
    head_recorder("").note("gated sum", x);
    return head(x);
  }

  Tensor record_gate(const std::vector<Tensor>& seen) {
    Recorder r = head_recorder("gate/");
    const Tensor x = hidden(r, ops.concatenate(seen), static_cast<std::uint32_t>(model.units.size()));
    return r.linear(x, static_cast<int>(model.branches.size()), "weights", "weights");
  }
};

}  // namespace

std::vector<ModelSpec> networks_of(const ModelSpec& model) {
  if (is_joint(model.fusion)) return {model};
  std::vector<ModelSpec> all;
  for (const BranchSpec& branch : model.branches) all.emplace_back().branches = {branch};
  return all;
}

std::string network_name(const ModelSpec& network) {
  return std::string(is_joint(network.fusion) ? choice_name(network.fusion)
                                              : name(network.branches.front().input));
}

Network record_network(NetworkOps& ops, const ModelSpec& model, const ModelShape& shape, Part part) {
  Joint joint{ops, model, shape, part};
  if (model.fusion == Fusion::kFeature) return joint.feature();
  if (model.fusion == Fusion::kGated) return joint.gated();
  if (model.fusion == Fusion::kEarly) {
    int rows = 0;
    for (const int input : shape.rows) rows += input;
    return joint.alone(model.network, rows);
  }
  if (model.branches.size() != 1)
    throw Error(ErrorKind::kFailure, "branches that are trained alone are networks of their own");
  return joint.alone(model.branches.front(), shape.rows.at(0));
}

}  // namespace genretrack
