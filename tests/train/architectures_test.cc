// Every architecture learns sixteen segments of noise by heart, as the spec builds it and from its own
// initial values; and goes on from its state as if nothing had happened.
#include <gtest/gtest.h>

#include <algorithm>

#include "host/backend/device.h"
#include "host/core/random.h"
#include "host/nn/networks.h"
#include "host/spec/choices.h"

namespace genretrack {
namespace {

constexpr int kSegments = 16, kClasses = 4, kRows = 12, kFrames = 24;

struct Case {
  std::string name;
  BranchSpec branch;
};

std::vector<Case> cases() {
  std::vector<Case> all;
  const auto add = [&](const std::string& name, Architecture architecture, const auto& change) {
    BranchSpec branch;
    branch.architecture = architecture;
    branch.channels = {12, 16};
    branch.units = {32};
    branch.hidden = 16;
    change(branch);
    all.push_back({name, branch});
  };
  for (const auto& choice : kChoices<Architecture>)
    if (!is_baseline(choice.value)) add(std::string(choice.name), choice.value, [](BranchSpec&) {});
  for (const Architecture architecture : {Architecture::kCnn1d, Architecture::kCnn2d})
    add("residual_" + std::string(choice_name(architecture)), architecture,
        [](BranchSpec& b) { b.residual = true; });
  for (const auto& choice : kChoices<ClipSummary>) {
    add("gru_" + std::string(choice.name), Architecture::kGru, [&](BranchSpec& b) {
      b.time_summary = choice.value;
      b.bidirectional = true;
    });
    add("cnn2d_" + std::string(choice.name), Architecture::kCnn2d,
        [&](BranchSpec& b) { b.time_summary = choice.value; });
  }
  add("crnn_lstm", Architecture::kCrnn, [](BranchSpec& b) { b.cell = CrnnCell::kLstm; });
  add("cnn2d_sizes", Architecture::kCnn2d, [](BranchSpec& b) {
    b.kernel_size = {5, 1};
    b.pooling = {{1, 2}, {2, 1}};
  });
  return all;
}

class Architectures : public ::testing::TestWithParam<Case> {
 protected:
  struct Built {
    std::unique_ptr<NetworkOps> ops;
    Network network;
  };
  static Built build(double dropout) {
    Built built{make_network_ops(Device::kCpu, {.batch = kSegments, .threads = 2}), {}};
    ModelSpec model;
    model.branches = {GetParam().branch};
    model.branches[0].dropout = dropout;
    built.network = record_network(*built.ops, model, {{kRows}, kFrames, kClasses});
    built.ops->prepare(built.network.layout.slots());
    built.ops->upload(Buffer::kParameters, built.network.layout.initial_values(1));
    Random random(5, Purpose::kBootstrap);
    std::vector<float> input(std::size_t(kSegments) * kRows * kFrames), targets(kSegments * kClasses);
    for (float& x : input) x = static_cast<float>(3.4 * random.uniform() - 1.7);
    for (std::size_t i = 0; i < kSegments; ++i) targets[i * kClasses + i % kClasses] = 1;
    built.ops->set_input(built.network.inputs.at(0), input);
    built.ops->set_targets(targets);
    return built;
  }
  static void step(NetworkOps& ops, int number) {
    ops.forward(Mode::kTraining, 1, static_cast<std::uint64_t>(number));
    ops.backward();
    ops.update({.learning_rate = 1e-2, .weight_decay = 0, .step = number});
  }
  static int right_answers(NetworkOps& ops) {
    ops.forward(Mode::kEvaluation, 1, 1);
    std::vector<float> logits(kSegments * kClasses);
    ops.logits(logits);
    int right = 0;
    for (int i = 0; i < kSegments; ++i) {
      const auto row = logits.begin() + std::ptrdiff_t(i) * kClasses;
      right += std::max_element(row, row + kClasses) - row == i % kClasses;
    }
    return right;
  }
  static std::vector<float> download(NetworkOps& ops, Buffer which, std::size_t size) {
    std::vector<float> values(size);
    ops.download(which, values);
    return values;
  }
};

TEST_P(Architectures, LearnsSixteenSegmentsByHeart) {
  const Built built = build(0);
  int right = 0;
  for (int number = 1; number <= 400 && right < kSegments; ++number) {
    step(*built.ops, number);
    if (number % 20 == 0) right = right_answers(*built.ops);
  }
  EXPECT_EQ(right, kSegments);
}

TEST_P(Architectures, GoesOnFromItsStateToTheLastBit) {
  const Built whole = build(0.3), part = build(0.3);
  const std::size_t size = whole.network.layout.size();
  for (int number = 1; number <= 3; ++number) step(*whole.ops, number);
  for (const Buffer which : {Buffer::kParameters, Buffer::kFirstMoments, Buffer::kSecondMoments})
    part.ops->upload(which, download(*whole.ops, which, size));
  for (int number = 4; number <= 5; ++number) {
    step(*whole.ops, number);
    step(*part.ops, number);
  }
  EXPECT_EQ(download(*whole.ops, Buffer::kParameters, size), download(*part.ops, Buffer::kParameters, size));
}

INSTANTIATE_TEST_SUITE_P(Cpu, Architectures, ::testing::ValuesIn(cases()),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace genretrack
