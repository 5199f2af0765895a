// The reference networks whose training steps are timed, on any backend: batch of segments of 130 frames, ten
// classes. tests/bench/peers/torch_step.py has the same in PyTorch.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "host/backend/network_ops.h"
#include "host/core/random.h"

namespace genretrack {

inline constexpr int kWidth = 130, kFrames = 200, kClips = 64, kClasses = 10;

struct Builder {
  NetworkOps& ops;
  std::vector<ParameterSlot> slots;
  std::vector<float> parameters;
  Random random{1, Purpose::kInitialise};

  std::size_t add(std::vector<int> shape, ParameterKind kind, float value, float spread) {
    ParameterSlot slot{"p" + std::to_string(slots.size()), std::move(shape), parameters.size(), kind};
    for (std::size_t i = 0; i < slot.count(); ++i)
      parameters.push_back(value + spread * static_cast<float>(2 * random.uniform() - 1));
    slots.push_back(slot);
    return slot.offset;
  }
  std::size_t weight(std::vector<int> shape) {
    int fan = 1;
    for (std::size_t i = 1; i < shape.size(); ++i) fan *= shape[i];
    return add(std::move(shape), ParameterKind::kWeight, 0, std::sqrt(6.0f / static_cast<float>(fan)));
  }
  BatchNorm norm(int n) {
    const std::size_t scale = add({n}, ParameterKind::kVector, 1, 0);
    const std::size_t shift = add({n}, ParameterKind::kVector, 0, 0);
    const std::size_t mean = add({n}, ParameterKind::kStatistic, 0, 0);
    return {scale, shift, mean, add({n}, ParameterKind::kStatistic, 1, 0)};
  }
  Tensor convolution(Tensor x, int out, int kernel_height, int pool_height) {
    const std::size_t w = weight({out, x.channels, kernel_height, 3});
    return ops.convolution_block(x, {.out_channels = out,
                                     .kernel_height = kernel_height,
                                     .pool_height = pool_height,
                                     .weight = w,
                                     .norm = norm(out)});
  }
  Tensor recurrent(Tensor x, Cell cell, int hidden) {
    RecurrentLayer layer{.cell = cell, .hidden = hidden, .directions = 1, .direction = {}};
    const int rows = gates_of(cell) * hidden, biases = cell == Cell::kGru ? rows + hidden : rows;
    const float spread = 1 / std::sqrt(static_cast<float>(hidden));
    layer.direction[0].input_weight = add({rows, x.channels}, ParameterKind::kWeight, 0, spread);
    layer.direction[0].recurrent_weight = add({rows, hidden}, ParameterKind::kWeight, 0, spread);
    layer.direction[0].bias = add({biases}, ParameterKind::kVector, 0, spread);
    return ops.recurrent_layer(x, layer);
  }
  Tensor dense(Tensor x, int units, bool hidden) {
    DenseBlock block{units, hidden, weight({units, x.channels * x.height * x.width}), 0, {}};
    if (hidden) block.norm = norm(units);
    if (!hidden) block.bias = add({units}, ParameterKind::kVector, 0, 0);
    return ops.dense_block(x, block);
  }
};

struct Network {
  std::string name;
  int rows;
  bool picture;  // one channel of `rows` rows; else `rows` channels over time
  std::function<Tensor(Builder&, Tensor)> body;
};

inline Tensor recurrent_body(Builder& b, Tensor x, Cell cell) {
  for (int layer = 0; layer < 2; ++layer) x = b.recurrent(x, cell, 128);
  return b.ops.summarise_time(x, {.summary = TimeSummary::kLast});
}

inline std::vector<Network> networks() {
  return {
      {"cnn2d", 128, true,
       [](Builder& b, Tensor x) {
         for (const int channels : {32, 64, 128, 256, 256}) x = b.convolution(x, channels, 3, 2);
         return b.ops.dropout(b.ops.mean_over_positions(x), 0.3f, 0);
       }},
      {"lstm", 20, false, [](Builder& b, Tensor x) { return recurrent_body(b, x, Cell::kLstm); }},
      {"gru", 20, false, [](Builder& b, Tensor x) { return recurrent_body(b, x, Cell::kGru); }},
      {"rnn", 20, false, [](Builder& b, Tensor x) { return recurrent_body(b, x, Cell::kRnn); }},
      {"cnn1d", 128, false,
       [](Builder& b, Tensor x) {
         for (const int channels : {128, 128, 256}) x = b.convolution(x, channels, 1, 1);
         return b.ops.dropout(b.ops.mean_over_positions(x), 0.3f, 0);
       }},
      {"dense", 128, true,
       [](Builder& b, Tensor x) {
         for (const int units : {256, 128}) x = b.ops.dropout(b.dense(x, units, true), 0.3f, 0);
         return x;
       }},
  };
}

struct StepTimes {
  double first_loss = 0, last_loss = 0;
  double median_ms = 0, min_ms = 0, max_ms = 0;
};

// Gather, forward, backward, AdamW, the loss: as the trainer does it.
inline StepTimes time_steps(const Network& network, NetworkOps& ops, int batch, int steps) {
  const int rows = network.rows;
  Builder b{ops, {}, {}};
  const Tensor in = network.picture ? ops.input(1, rows, kWidth) : ops.input(rows, 1, kWidth);
  ops.softmax_cross_entropy(b.dense(network.body(b, in), kClasses, false));
  ops.prepare(b.slots);
  ops.upload(Buffer::kParameters, b.parameters);
  std::vector<float> features(std::size_t(kClips) * rows * kFrames);
  Random random(2, Purpose::kInitialise);
  for (float& f : features) f = static_cast<float>(2 * random.uniform() - 1);
  ops.set_features(in,
                   {features, rows, kFrames, std::vector<float>(rows, 0), std::vector<float>(rows, 1.7f)});
  std::vector<Crop> crops;
  std::vector<float> targets(std::size_t(batch) * kClasses);
  for (int i = 0; i < batch; ++i) {
    crops.push_back({i % kClips, i % (kFrames - kWidth)});
    targets[std::size_t(i) * kClasses + random.below(kClasses)] = 1;
  }
  ops.set_targets(targets);
  std::vector<double> ms;
  StepTimes times;
  for (int step = -4; step < steps; ++step) {
    const auto start = std::chrono::steady_clock::now();
    ops.gather(in, crops);
    ops.forward(Mode::kTraining, 1, static_cast<std::uint64_t>(step + 5));
    ops.backward();
    ops.update({.learning_rate = 1e-3, .weight_decay = 1e-2, .step = step + 5});
    times.last_loss = ops.loss();
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    if (step >= 0) ms.push_back(took.count());
    if (step == -4) times.first_loss = times.last_loss;
  }
  std::sort(ms.begin(), ms.end());
  times.median_ms = ms[ms.size() / 2];
  times.min_ms = ms.front();
  times.max_ms = ms.back();
  return times;
}

}  // namespace genretrack
