// Times one training step of the reference networks: batch 32, 128 x 130 features, ten classes; gather,
// forward, loss, backward, AdamW. One JSON line per network, milliseconds per step.
// usage: step_bench [--threads N] [--steps N] [--batch N] [--primitives]
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

constexpr int kRows = 128, kWidth = 130, kFrames = 200, kClips = 64, kClasses = 10;

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
    return ops.convolution_block(x, {out, kernel_height, 3, pool_height, 2, w, norm(out)});
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
  bool primitives = false;
};

void measure(const std::string& name, const Options& o, const std::function<Tensor(Builder&, Tensor)>& body,
             bool one_dimensional) {
  const auto ops = make_cpu_network_ops({.batch = o.batch, .threads = o.threads},
                                        o.primitives ? Fused::kPrimitives : Fused::kOwn);
  Builder b{*ops, {}, {}};
  const Tensor in = one_dimensional ? ops->input(kRows, 1, kWidth) : ops->input(1, kRows, kWidth);
  ops->softmax_cross_entropy(b.dense(body(b, in), kClasses, false));
  ops->prepare(b.slots);
  ops->upload(Buffer::kParameters, b.parameters);
  std::vector<float> features(std::size_t(kClips) * kRows * kFrames);
  Random random(2, Purpose::kInitialise);
  for (float& f : features) f = static_cast<float>(2 * random.uniform() - 1);
  ops->set_features(
      in, {features, kRows, kFrames, std::vector<float>(kRows, 0), std::vector<float>(kRows, 1.7f)});
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
      name.c_str(), o.threads, first, ops->loss(), ms[ms.size() / 2], ms.front(), ms.back());
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
    if (a == "--primitives") o.primitives = true;
  }
  measure(
      "cnn2d", o,
      [](Builder& b, Tensor x) {
        for (const int channels : {32, 64, 128, 256, 256}) x = b.convolution(x, channels, 3, 2);
        return b.ops.dropout(b.ops.mean_over_positions(x), 0.3f, 0);
      },
      false);
  measure(
      "cnn1d", o,
      [](Builder& b, Tensor x) {
        for (const int channels : {128, 128, 256}) x = b.convolution(x, channels, 1, 1);
        return b.ops.dropout(b.ops.mean_over_positions(x), 0.3f, 0);
      },
      true);
  measure(
      "dense", o,
      [](Builder& b, Tensor x) {
        for (const int units : {256, 128}) x = b.ops.dropout(b.dense(x, units, true), 0.3f, 0);
        return x;
      },
      false);
  return 0;
}
