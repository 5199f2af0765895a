// A small network described once, recorded into a backend and evaluated by the reference.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "host/backend/network_ops.h"
#include "tests/reference/nn_network.h"

namespace genretrack::testing_nn {

enum class Kind { kConvolution, kHidden, kLast, kMean, kDropout };
struct Layer {
  Kind kind;
  int out = 0;
  int kernel_height = 3, kernel_width = 3, pool_height = 2, pool_width = 2;
  float rate = 0;
};
inline Layer convolution(int out, int kh = 3, int kw = 3, int ph = 2, int pw = 2) {
  return {Kind::kConvolution, out, kh, kw, ph, pw, 0};
}
inline Layer hidden(int units) { return {Kind::kHidden, units}; }
inline Layer last(int units) { return {Kind::kLast, units}; }
inline Layer mean() { return {Kind::kMean}; }
inline Layer dropout(float rate) { return {Kind::kDropout, 0, 0, 0, 0, 0, rate}; }

// Deterministic values in (-1, 1) without the product's generator.
class Values {
 public:
  explicit Values(std::uint64_t seed) : state_(seed * 2654435761u + 1) {}
  float next() {
    state_ = state_ * 6364136223846793005ull + 1442695040888963407ull;
    return static_cast<float>(double(state_ >> 40) / double(1 << 23) - 1.0);
  }
  std::vector<float> take(std::size_t n) {
    std::vector<float> v(n);
    for (float& x : v) x = next();
    return v;
  }

 private:
  std::uint64_t state_;
};

class NetworkCase {
 public:
  NetworkCase(int batch, int channels, int height, int width, std::vector<Layer> layers);

  // Records into `ops`, prepares it, and uploads parameters, input and targets. Answers with the input.
  Tensor build(NetworkOps& ops) const;
  // The loss of the reference; running statistics are moved in `parameters`, logits are kept.
  double reference_loss(std::vector<double>* parameters, Mode mode, std::uint64_t seed, std::uint64_t step);

  int batch, channels, height, width, classes = 0;
  std::vector<Layer> layers;
  std::vector<ParameterSlot> slots;
  std::vector<float> parameters, input, targets;
  std::vector<double> logits;  // of the last reference_loss

 private:
  std::size_t add_slot(const std::string& name, std::vector<int> shape, ParameterKind kind, float base,
                       float spread);
  BatchNorm add_norm(const std::string& name, int count);
  struct Offsets {
    std::size_t weight = 0, bias = 0;
    BatchNorm norm;
  };
  std::vector<Offsets> offsets_;
  Values values_{7};
};

inline NetworkCase::NetworkCase(int batch_, int channels_, int height_, int width_,
                                std::vector<Layer> layers_)
    : batch(batch_), channels(channels_), height(height_), width(width_), layers(std::move(layers_)) {
  int c = channels, h = height, w = width;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const Layer& l = layers[i];
    const std::string name = "layer" + std::to_string(i);
    Offsets o;
    const auto spread = [](int fan) { return std::sqrt(3.0f / static_cast<float>(fan)); };
    if (l.kind == Kind::kConvolution) {
      o.weight = add_slot(name + "/weight", {l.out, c, l.kernel_height, l.kernel_width},
                          ParameterKind::kWeight, 0, spread(c * l.kernel_height * l.kernel_width));
      o.norm = add_norm(name, l.out);
      c = l.out, h /= l.pool_height, w /= l.pool_width;
    } else if (l.kind == Kind::kHidden || l.kind == Kind::kLast) {
      o.weight = add_slot(name + "/weight", {l.out, c * h * w}, ParameterKind::kWeight, 0, spread(c * h * w));
      if (l.kind == Kind::kHidden) o.norm = add_norm(name, l.out);
      if (l.kind == Kind::kLast) o.bias = add_slot(name + "/bias", {l.out}, ParameterKind::kVector, 0, 0.5f);
      c = l.out, h = w = 1;
    } else if (l.kind == Kind::kMean) {
      h = w = 1;
    }
    offsets_.push_back(o);
  }
  classes = c * h * w;
  input = values_.take(std::size_t(batch) * channels * height * width);
  targets = values_.take(std::size_t(batch) * classes);
  for (int n = 0; n < batch; ++n) {
    float sum = 0;
    for (int k = 0; k < classes; ++k) sum += targets[n * classes + k] = std::fabs(targets[n * classes + k]);
    for (int k = 0; k < classes; ++k) targets[n * classes + k] /= sum;
  }
}

inline std::size_t NetworkCase::add_slot(const std::string& name, std::vector<int> shape, ParameterKind kind,
                                         float base, float spread) {
  ParameterSlot slot{name, std::move(shape), parameters.size(), kind};
  for (std::size_t i = 0; i < slot.count(); ++i) parameters.push_back(base + spread * values_.next());
  slots.push_back(slot);
  return slot.offset;
}

inline BatchNorm NetworkCase::add_norm(const std::string& name, int count) {
  BatchNorm norm;
  norm.scale = add_slot(name + "/scale", {count}, ParameterKind::kVector, 0.2f, 1.0f);
  norm.shift = add_slot(name + "/shift", {count}, ParameterKind::kVector, 0.1f, 0.3f);
  norm.running_mean = add_slot(name + "/mean", {count}, ParameterKind::kStatistic, 0, 0.2f);
  norm.running_variance = add_slot(name + "/variance", {count}, ParameterKind::kStatistic, 1, 0.5f);
  return norm;
}

inline Tensor NetworkCase::build(NetworkOps& ops) const {
  const Tensor in = ops.input(channels, height, width);
  Tensor x = in;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const Layer& l = layers[i];
    const Offsets& o = offsets_[i];
    switch (l.kind) {
      case Kind::kConvolution:
        x = ops.convolution_block(
            x, {l.out, l.kernel_height, l.kernel_width, l.pool_height, l.pool_width, true, o.weight, o.norm});
        break;
      case Kind::kHidden:
      case Kind::kLast:
        x = ops.dense_block(x, {l.out, l.kind == Kind::kHidden, o.weight, o.bias, o.norm});
        break;
      case Kind::kMean:
        x = ops.mean_over_positions(x);
        break;
      case Kind::kDropout:
        x = ops.dropout(x, l.rate, static_cast<std::uint32_t>(i));
        break;
    }
  }
  ops.softmax_cross_entropy(x);
  ops.prepare(slots);
  ops.upload(Buffer::kParameters, parameters);
  ops.set_input(in, input);
  ops.set_targets(targets);
  return in;
}

inline double NetworkCase::reference_loss(std::vector<double>* p, Mode mode, std::uint64_t seed,
                                          std::uint64_t step) {
  using namespace reference;
  Maps x(batch, channels, height, width);
  x.v.assign(input.begin(), input.end());
  double* at = p->data();
  const bool training = mode == Mode::kTraining;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const Layer& l = layers[i];
    const Offsets& o = offsets_[i];
    const auto norm = [&](const Maps& maps) {
      return norm_relu(maps, at + o.norm.scale, at + o.norm.shift, at + o.norm.running_mean,
                       at + o.norm.running_variance, training);
    };
    if (l.kind == Kind::kConvolution)
      x = max_pool(norm(convolve(x, at + o.weight, l.out, l.kernel_height, l.kernel_width)), l.pool_height,
                   l.pool_width);
    if (l.kind == Kind::kHidden) x = norm(dense(x, at + o.weight, nullptr, l.out));
    if (l.kind == Kind::kLast) x = dense(x, at + o.weight, at + o.bias, l.out);
    if (l.kind == Kind::kMean) x = mean_over_positions(x);
    if (l.kind == Kind::kDropout && training)
      x = reference::dropout(x, l.rate, seed, step, static_cast<std::uint32_t>(i));
  }
  logits = x.v;
  return cross_entropy(x, targets);
}

inline std::vector<float> download(NetworkOps& ops, Buffer which, std::size_t size) {
  std::vector<float> plain(size, NAN);  // what the transfer leaves out is seen
  ops.download(which, plain);
  return plain;
}

}  // namespace genretrack::testing_nn
