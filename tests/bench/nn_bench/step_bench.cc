// Times one training step of the reference networks: batch 32, segments of 130 frames, ten classes; gather,
// forward, loss, backward, AdamW. One JSON line per network, milliseconds per step; behind it, with
// --verbose, the implementations. tests/bench/peers/torch_step.py has the same networks in PyTorch.
// usage: step_bench [--network NAME] [--threads N] [--steps N] [--batch N] [--primitives] [--verbose]
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "host/core/random.h"
#include "host/cpu/nn/cpu_network_ops.h"

namespace genretrack {
namespace {

constexpr int kWidth = 130, kFrames = 200, kClips = 64, kClasses = 10;

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

struct Options {
  int threads = 2, steps = 20, batch = 32;
  bool primitives = false, verbose = false;
  std::string network;  // empty: all
};

struct Network {
  std::string name;
  int rows;
  bool picture;  // one channel of `rows` rows; else `rows` channels over time
  std::function<Tensor(Builder&, Tensor)> body;
};

Tensor recurrent_body(Builder& b, Tensor x, Cell cell) {
  for (int layer = 0; layer < 2; ++layer) x = b.recurrent(x, cell, 128);
  return b.ops.summarise_time(x, {.summary = TimeSummary::kLast});
}

std::vector<Network> networks() {
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

void measure(const Network& network, const Options& o) {
  const int rows = network.rows;
  const auto ops = make_cpu_network_ops({.batch = o.batch, .threads = o.threads},
                                        o.primitives ? Fused::kPrimitives : Fused::kOwn);
  Builder b{*ops, {}, {}};
  const Tensor in = network.picture ? ops->input(1, rows, kWidth) : ops->input(rows, 1, kWidth);
  ops->softmax_cross_entropy(b.dense(network.body(b, in), kClasses, false));
  ops->prepare(b.slots);
  ops->upload(Buffer::kParameters, b.parameters);
  std::vector<float> features(std::size_t(kClips) * rows * kFrames);
  Random random(2, Purpose::kInitialise);
  for (float& f : features) f = static_cast<float>(2 * random.uniform() - 1);
  ops->set_features(in,
                    {features, rows, kFrames, std::vector<float>(rows, 0), std::vector<float>(rows, 1.7f)});
  std::vector<Crop> crops;
  std::vector<float> targets(std::size_t(o.batch) * kClasses);
  for (int i = 0; i < o.batch; ++i) {
    crops.push_back({i % kClips, i % (kFrames - kWidth)});
    targets[std::size_t(i) * kClasses + random.below(kClasses)] = 1;
  }
  ops->set_targets(targets);
  std::vector<double> ms;
  double first = 0;
  for (int step = -4; step < o.steps; ++step) {
    const auto start = std::chrono::steady_clock::now();
    ops->gather(in, crops);
    ops->forward(Mode::kTraining, 1, static_cast<std::uint64_t>(step + 5));
    const double loss = ops->loss();
    ops->backward();
    ops->update({.learning_rate = 1e-3, .weight_decay = 1e-2, .step = step + 5});
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    if (step >= 0) ms.push_back(took.count());
    if (step == -4) first = loss;
  }
  std::sort(ms.begin(), ms.end());
  std::printf(
      "{\"network\": \"%s\", \"threads\": %d, \"first_loss\": %.4f, \"last_loss\": %.4f, "
      "\"median_ms\": %.2f, \"min_ms\": %.2f, \"max_ms\": %.2f}\n",
      network.name.c_str(), o.threads, first, ops->loss(), ms[ms.size() / 2], ms.front(), ms.back());
  if (!o.verbose) return;
  for (const std::string& line : ops->implementations()) std::printf("  %s\n", line.c_str());
}

}  // namespace
}  // namespace genretrack

int main(int argc, char** argv) {
  using namespace genretrack;
  Options o;
  for (int i = 1; i < argc; ++i) {
    const std::string a = argv[i], value = i + 1 < argc ? argv[i + 1] : "";
    if (a == "--threads") o.threads = std::atoi(value.c_str());
    if (a == "--steps") o.steps = std::atoi(value.c_str());
    if (a == "--batch") o.batch = std::atoi(value.c_str());
    if (a == "--network") o.network = value;
    if (a == "--primitives") o.primitives = true;
    if (a == "--verbose") o.verbose = true;
  }
  bool found = false;
  for (const Network& network : networks()) {
    if (!o.network.empty() && o.network != network.name) continue;
    measure(network, o);
    found = true;
  }
  if (!found) std::fprintf(stderr, "no network \"%s\"\n", o.network.c_str());
  return found ? 0 : 2;
}
