// Networks that are no chains: one description, recorded into a backend and evaluated by the reference.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "host/backend/network_ops.h"
#include "tests/cpu/nn/network_case.h"
#include "tests/reference/nn_joins.h"

namespace genretrack::testing_nn {

struct BlockParts {
  std::size_t weight = 0;
  BatchNorm norm;
};

// Gives out the slots of a network in the order in which a body asks for them: the same for both readings.
class SlotOrder {
 public:
  std::vector<ParameterSlot> slots;
  std::vector<float> values;
  std::size_t add(std::vector<int> shape, ParameterKind kind, float base, float spread, bool frozen) {
    ParameterSlot slot{"slot" + std::to_string(slots.size()), std::move(shape), values.size(), kind, frozen};
    for (std::size_t i = 0; i < slot.count(); ++i) values.push_back(base + spread * random_.next());
    slots.push_back(slot);
    return slot.offset;
  }
  BlockParts block(std::vector<int> shape, int fan_in, bool frozen) {
    const int out = shape[0];
    BlockParts parts;
    parts.weight = add(std::move(shape), ParameterKind::kWeight, 0, std::sqrt(3.0f / float(fan_in)), frozen);
    parts.norm.scale = add({out}, ParameterKind::kVector, 0.2f, 1.0f, frozen);
    parts.norm.shift = add({out}, ParameterKind::kVector, 0.1f, 0.3f, frozen);
    parts.norm.running_mean = add({out}, ParameterKind::kStatistic, 0, 0.2f, false);
    parts.norm.running_variance = add({out}, ParameterKind::kStatistic, 1, 0.5f, false);
    parts.norm.frozen = frozen;
    return parts;
  }

 private:
  Values random_{7};
};

struct Convolution {
  int out = 8, kernel_height = 3, kernel_width = 3, pool_height = 1, pool_width = 1;
  bool relu = true, frozen = false;
};

// Records. A body is a generic lambda that takes either of the two classes.
class Recording {
 public:
  using Node = Tensor;
  Recording(NetworkOps& ops, SlotOrder& order) : ops_(ops), order_(order) {}
  std::vector<Tensor> inputs;

  Node input(std::size_t, int channels, int height, int width) {
    inputs.push_back(ops_.input(channels, height, width));
    return inputs.back();
  }
  Node convolution(Node x, const Convolution& c) {
    const BlockParts p = order_.block({c.out, x.channels, c.kernel_height, c.kernel_width},
                                      x.channels * c.kernel_height * c.kernel_width, c.frozen);
    return ops_.convolution_block(
        x, {c.out, c.kernel_height, c.kernel_width, c.pool_height, c.pool_width, c.relu, p.weight, p.norm});
  }
  Node hidden(Node x, int units, bool frozen = false) {
    const int features = x.channels * x.height * x.width;
    const BlockParts p = order_.block({units, features}, features, frozen);
    return ops_.dense_block(x, {units, true, p.weight, 0, p.norm});
  }
  Node last(Node x, int units) {
    const int features = x.channels * x.height * x.width;
    const std::size_t weight = order_.add({units, features}, ParameterKind::kWeight, 0, 0.7f, false);
    return ops_.dense_block(
        x, {units, false, weight, order_.add({units}, ParameterKind::kVector, 0, 0.5f, false), {}});
  }
  Node mean(Node x) { return ops_.mean_over_positions(x); }
  std::array<Node, 2> fork(Node x) { return ops_.fork(x); }
  Node concatenate(const std::vector<Node>& parts) { return ops_.concatenate(parts); }
  Node add_relu_pool(Node a, Node b, int ph, int pw) { return ops_.add_relu_pool(a, b, ph, pw); }
  Node gated_sum(Node logits, const std::vector<Node>& parts) { return ops_.gated_sum(logits, parts); }
  void loss(Node x) { ops_.softmax_cross_entropy(x); }

 private:
  NetworkOps& ops_;
  SlotOrder& order_;
};

// Evaluates with the reference.
class Evaluation {
 public:
  using Node = reference::Maps;
  Evaluation(std::vector<double>& parameters, const std::vector<std::vector<float>>& inputs,
             const std::vector<float>& targets, int batch, bool training)
      : p_(parameters), inputs_(inputs), targets_(targets), batch_(batch), training_(training) {}
  double value = 0;
  std::vector<double> logits;

  Node input(std::size_t index, int channels, int height, int width) {
    Node x(batch_, channels, height, width);
    x.v.assign(inputs_[index].begin(), inputs_[index].end());
    return x;
  }
  Node convolution(const Node& x, const Convolution& c) {
    const BlockParts p = order_.block({c.out, x.c, c.kernel_height, c.kernel_width}, 1, c.frozen);
    Node y = normed(reference::convolve(x, at(p.weight), c.out, c.kernel_height, c.kernel_width), p.norm);
    if (c.relu) y = reference::relu(std::move(y));
    return reference::max_pool(y, c.pool_height, c.pool_width);
  }
  Node hidden(const Node& x, int units, bool frozen = false) {
    const BlockParts p = order_.block({units, x.c * x.h * x.w}, 1, frozen);
    return reference::relu(normed(reference::dense(x, at(p.weight), nullptr, units), p.norm));
  }
  Node last(const Node& x, int units) {
    const std::size_t weight = order_.add({units, x.c * x.h * x.w}, ParameterKind::kWeight, 0, 0, false);
    return reference::dense(x, at(weight), at(order_.add({units}, ParameterKind::kVector, 0, 0, false)),
                            units);
  }
  Node mean(const Node& x) { return reference::mean_over_positions(x); }
  std::array<Node, 2> fork(const Node& x) { return {x, x}; }
  Node concatenate(const std::vector<Node>& parts) { return reference::concatenate(parts); }
  Node add_relu_pool(const Node& a, const Node& b, int ph, int pw) {
    return reference::max_pool(reference::relu(reference::add(a, b)), ph, pw);
  }
  Node gated_sum(const Node& z, const std::vector<Node>& parts) { return reference::gated_sum(z, parts); }
  void loss(const Node& x) {
    logits = x.v;
    value = reference::cross_entropy(x, targets_);
  }

 private:
  double* at(std::size_t offset) { return p_.data() + offset; }
  Node normed(const Node& x, const BatchNorm& n) {
    return reference::norm(x, at(n.scale), at(n.shift), at(n.running_mean), at(n.running_variance),
                           training_ && !n.frozen);
  }
  std::vector<double>& p_;
  const std::vector<std::vector<float>>& inputs_;
  const std::vector<float>& targets_;
  int batch_;
  bool training_;
  SlotOrder order_;
};

class GraphCase {
 public:
  // `body` declares the inputs, in order, and ends in a loss over `classes`.
  template <class Body>
  GraphCase(std::string name_, int batch_, int classes_, Body body)
      : name(std::move(name_)), batch(batch_), classes(classes_), record_(body), evaluate_(body) {}

  std::string name;
  int batch, classes;
  SlotOrder order;
  std::vector<std::vector<float>> inputs;
  std::vector<float> targets;
  std::vector<Tensor> tensors;

  void build(NetworkOps& ops) {
    order = {};
    Recording recording(ops, order);
    record_(recording);
    ops.prepare(order.slots);
    ops.upload(Buffer::kParameters, order.values);
    tensors = recording.inputs;
    Values random(11);
    inputs.clear();
    for (const Tensor& t : tensors) {
      inputs.push_back(random.take(std::size_t(batch) * t.channels * t.height * t.width));
      ops.set_input(t, inputs.back());
    }
    targets.assign(std::size_t(batch) * classes, 0);
    for (int n = 0; n < batch; ++n) {
      targets[std::size_t(n) * classes + n % classes] += 0.75f;
      targets[std::size_t(n) * classes + (n * 2 + 1) % classes] += 0.25f;
    }
    ops.set_targets(targets);
  }
  double reference(std::vector<double>& parameters, bool training, std::vector<double>* logits = nullptr) {
    Evaluation evaluation(parameters, inputs, targets, batch, training);
    evaluate_(evaluation);
    if (logits) *logits = evaluation.logits;
    return evaluation.value;
  }

 private:
  std::function<void(Recording&)> record_;
  std::function<void(Evaluation&)> evaluate_;
};

}  // namespace genretrack::testing_nn
