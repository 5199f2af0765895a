// What steps do over time, on every backend: updates, transfers, repeatability, crops, refusals.
#include <limits>

#include "host/core/error.h"
#include "tests/cpu/nn/network_backends.h"
#include "tests/cpu/nn/network_case.h"

namespace genretrack {
namespace {

using namespace testing_nn;

class NetworkSteps : public EachNetworkBackend {};
INSTANTIATE_TEST_SUITE_P(Backends, NetworkSteps, ::testing::ValuesIn(used_backend_names()),
                         backend_case_name);

NetworkCase small_convolution() {
  return NetworkCase(6, 1, 12, 13, {convolution(16), convolution(20), dropout(0.2f), mean(), last(3)});
}

void train(NetworkOps& ops, int steps, double rate) {
  for (int step = 1; step <= steps; ++step) {
    ops.forward(Mode::kTraining, 9, static_cast<std::uint64_t>(step));
    ops.backward();
    ops.update({.learning_rate = rate, .weight_decay = 1e-3, .step = step});
  }
}

TEST_P(NetworkSteps, TransfersKeepEveryBit) {
  const NetworkCase net(2, 3, 5, 6, {convolution(20), convolution(33), hidden(7), last(5)});
  const auto ops = make({2, 2});
  net.build(*ops);
  Values values(99);
  std::vector<std::vector<float>> sent;
  const Buffer all[] = {Buffer::kParameters, Buffer::kGradients, Buffer::kFirstMoments,
                        Buffer::kSecondMoments};
  for (const Buffer which : all) {
    sent.push_back(values.take(net.parameters.size()));
    ops->upload(which, sent.back());
  }
  for (std::size_t i = 0; i < sent.size(); ++i)
    EXPECT_EQ(download(*ops, all[i], net.parameters.size()), sent[i]);
}

TEST_P(NetworkSteps, UpdateMatchesReferenceAdamW) {
  const NetworkCase net(2, 3, 5, 6, {convolution(20), convolution(33), hidden(7), last(5)});
  const auto ops = make({2, 2});
  net.build(*ops);
  std::vector<reference::AdamState> want;
  for (const float p : net.parameters) want.push_back({p});
  Values values(3);
  for (int step = 1; step <= 6; ++step) {
    std::vector<float> gradients = values.take(net.parameters.size());
    for (const ParameterSlot& slot : net.slots)
      for (std::size_t i = slot.offset; i < slot.offset + slot.count(); ++i) {
        if (slot.kind == ParameterKind::kStatistic) continue;
        if (i % 5 == 0) gradients[i] *= 1e-6f;
        want[i].update(gradients[i], 0.01, slot.kind == ParameterKind::kWeight ? 0.1 : 0, 0.8, 0.99, 1e-7,
                       step);
      }
    ops->upload(Buffer::kGradients, gradients);
    ops->update({.learning_rate = 0.01,
                 .weight_decay = 0.1,
                 .beta1 = 0.8,
                 .beta2 = 0.99,
                 .epsilon = 1e-7,
                 .step = step});
  }
  const auto weights = download(*ops, Buffer::kParameters, want.size());
  const auto first = download(*ops, Buffer::kFirstMoments, want.size());
  const auto second = download(*ops, Buffer::kSecondMoments, want.size());
  for (const ParameterSlot& slot : net.slots)
    for (std::size_t i = slot.offset; i < slot.offset + slot.count(); ++i) {
      if (slot.kind == ParameterKind::kStatistic) {
        ASSERT_EQ(weights[i], net.parameters[i]) << slot.name;
        continue;
      }
      ASSERT_NEAR(weights[i], want[i].weight, 2e-6) << slot.name;
      ASSERT_NEAR(first[i], want[i].first, 1e-6 * std::fabs(want[i].first) + 1e-7) << slot.name;
      ASSERT_NEAR(second[i], want[i].second, 1e-5 * want[i].second) << slot.name;
    }
}

TEST_P(NetworkSteps, LearnsByHeart) {
  for (const auto& layers : {std::vector<Layer>{convolution(16), convolution(20), mean(), last(3)},
                             std::vector<Layer>{hidden(24), last(3)}}) {
    NetworkCase net(6, 1, 12, 13, layers);
    for (std::size_t i = 0; i < net.targets.size(); ++i) net.targets[i] = i % 3 == i / 3 % 3 ? 1 : 0;
    const auto ops = make({6, 2});
    net.build(*ops);
    train(*ops, 120, 0.02);
    ops->forward(Mode::kTraining, 9, 1);
    EXPECT_LT(ops->loss(), 0.02);
    ops->forward(Mode::kEvaluation, 9, 1);  // running statistics have followed
    EXPECT_LT(ops->loss(), 0.1);
  }
}

TEST_P(NetworkSteps, RepeatsBitForBit) {
  for (const int threads : {1, 2}) {
    std::vector<float> runs[2];
    for (auto& run : runs) {
      const NetworkCase net = small_convolution();
      const auto ops = make({net.batch, threads});
      net.build(*ops);
      train(*ops, 12, 0.01);
      run = download(*ops, Buffer::kParameters, net.parameters.size());
    }
    EXPECT_EQ(runs[0], runs[1]);
    for (const float p : runs[0]) ASSERT_TRUE(std::isfinite(p));
  }
}

TEST_P(NetworkSteps, ResumesFromTransferredState) {
  const NetworkCase net = small_convolution();
  const auto whole = make({net.batch, 2}), part = make({net.batch, 2});
  net.build(*whole);
  net.build(*part);
  train(*whole, 5, 0.01);
  for (const Buffer which : {Buffer::kParameters, Buffer::kFirstMoments, Buffer::kSecondMoments})
    part->upload(which, download(*whole, which, net.parameters.size()));
  for (NetworkOps* ops : {whole.get(), part.get()}) {
    ops->forward(Mode::kTraining, 9, 6);
    ops->backward();
    ops->update({.learning_rate = 0.01, .weight_decay = 1e-3, .step = 6});
  }
  EXPECT_EQ(download(*whole, Buffer::kParameters, net.parameters.size()),
            download(*part, Buffer::kParameters, net.parameters.size()));
}

TEST_P(NetworkSteps, LossMovesAsItsOwnGradientSays) {
  const NetworkCase net = small_convolution();
  const auto ops = make({net.batch, 2});
  net.build(*ops);
  ops->forward(Mode::kTraining, 9, 4);
  ops->backward();
  const auto g = download(*ops, Buffer::kGradients, net.parameters.size());
  double norm = 0;
  for (const float v : g) norm += double(v) * v;
  const double h = 2e-3 / std::sqrt(norm);
  double sides[2];
  for (int side = 0; side < 2; ++side) {
    auto p = net.parameters;
    for (std::size_t i = 0; i < p.size(); ++i) p[i] += static_cast<float>((side ? h : -h) * g[i]);
    ops->upload(Buffer::kParameters, p);
    ops->forward(Mode::kTraining, 9, 4);
    sides[side] = ops->loss();
  }
  EXPECT_NEAR((sides[1] - sides[0]) / (2 * h) / norm, 1, 0.02);
}

TEST_P(NetworkSteps, GradientStaysRightForScalesNearZero) {
  for (const float scale : {1e-4f, -1e-4f, 1e-7f}) {
    NetworkCase net(3, 1, 7, 9, {convolution(16), mean(), last(3)});
    const ParameterSlot& slot = net.slots[1];
    ASSERT_EQ(slot.name, "layer0/scale");
    for (std::size_t i = 0; i < slot.count(); ++i) net.parameters[slot.offset + i] = scale;
    const auto ops = make({3, 2});
    net.build(*ops);
    ops->forward(Mode::kTraining, 1, 1);
    ops->backward();
    const auto g = download(*ops, Buffer::kGradients, net.parameters.size());
    for (std::size_t i = slot.offset; i < slot.offset + slot.count(); ++i) {
      double sides[2];
      for (int side = 0; side < 2; ++side) {
        std::vector<double> p(net.parameters.begin(), net.parameters.end());
        p[i] *= side ? 1.5 : 0.5;
        sides[side] = net.reference_loss(&p, Mode::kTraining, 1, 1);
      }
      ASSERT_NEAR(g[i], (sides[1] - sides[0]) / scale, 3e-4) << scale;
    }
  }
}

TEST_P(NetworkSteps, ZeroScaleGivesOneSideOfTheGradient) {
  NetworkCase net(3, 1, 7, 9, {convolution(16), mean(), last(3)});
  const ParameterSlot slot = net.slots[1];
  for (std::size_t i = 0; i < slot.count(); ++i) net.parameters[slot.offset + i] = 0;
  const auto ops = make({3, 2});
  net.build(*ops);
  ops->forward(Mode::kTraining, 1, 1);
  ops->backward();
  const auto g = download(*ops, Buffer::kGradients, net.parameters.size());
  std::vector<double> p(net.parameters.begin(), net.parameters.end());
  const double at_zero = net.reference_loss(&p, Mode::kTraining, 1, 1);
  for (std::size_t i = slot.offset; i < slot.offset + slot.count(); ++i) {
    auto moved = p;
    moved[i] = 1e-6;
    ASSERT_NEAR(g[i], (net.reference_loss(&moved, Mode::kTraining, 1, 1) - at_zero) / 1e-6, 1e-4);
  }
}

TEST_P(NetworkSteps, NormSurvivesMeansFarFromZero) {
  NetworkCase net(4, 1, 9, 9, {convolution(16, 1, 1), mean(), last(3)});
  for (float& v : net.input) v += 300;
  const auto ops = make({4, 2});
  net.build(*ops);
  ops->forward(Mode::kTraining, 1, 1);
  std::vector<double> p(net.parameters.begin(), net.parameters.end());
  EXPECT_NEAR(ops->loss(), net.reference_loss(&p, Mode::kTraining, 1, 1), 1e-3);
}

TEST_P(NetworkSteps, DivergenceShowsInTheLoss) {
  for (const Mode mode : {Mode::kTraining, Mode::kEvaluation})
    for (const float bad :
         {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
      NetworkCase net(3, 1, 8, 9, {convolution(16), convolution(20), mean(), hidden(12), last(3)});
      net.parameters[5] = bad;
      const auto ops = make({3, 2});
      net.build(*ops);
      ops->forward(mode, 1, 1);
      EXPECT_FALSE(std::isfinite(ops->loss())) << bad;
    }
}

TEST_P(NetworkSteps, LossIsStableForHugeLogits) {
  NetworkCase net(3, 1, 2, 3, {last(4)});
  for (float& w : net.parameters) w *= 1e4f;
  const auto ops = make({3, 1});
  net.build(*ops);
  ops->forward(Mode::kTraining, 1, 1);
  std::vector<double> p(net.parameters.begin(), net.parameters.end());
  const double want = net.reference_loss(&p, Mode::kTraining, 1, 1);
  EXPECT_NEAR(ops->loss(), want, 1e-4 * want);
}

TEST_P(NetworkSteps, GathersStandardisedCrops) {
  Values values(4);
  const int rows = 5, frames = 23, clips = 4, width = 9;
  const std::vector<float> features = values.take(std::size_t(clips) * rows * frames);
  const FeatureSource source{features, rows, frames, values.take(rows), values.take(rows)};
  const std::vector<Crop> crops = {{3, 14}, {0, 0}, {2, 7}};
  std::vector<float> plain;
  for (const Crop& crop : crops)
    for (int r = 0; r < rows; ++r)
      for (int t = 0; t < width; ++t) {
        const auto row = static_cast<std::size_t>(r);
        plain.push_back(
            (features[(std::size_t(crop.clip) * rows + row) * frames + crop.start + t] - source.mean[row]) *
            source.scale[row]);
      }
  // The same features as one map and as channels of one dimension.
  for (const bool map : {true, false}) {
    NetworkCase net(3, map ? 1 : rows, map ? rows : 1, width,
                    {convolution(12, map ? 3 : 1, 3, 1, 2), mean(), last(3)});
    const auto ops = make({3, 2});
    const Tensor in = net.build(*ops);
    std::vector<float> want(9), got(9);
    ops->set_input(in, plain);
    ops->forward(Mode::kEvaluation, 1, 1);
    ops->logits(want);
    ops->set_input(in, std::vector<float>(plain.size(), 0));
    ops->set_features(in, source);
    ops->gather(in, crops);
    ops->forward(Mode::kEvaluation, 1, 1);
    ops->logits(got);
    for (std::size_t i = 0; i < got.size(); ++i) ASSERT_NEAR(got[i], want[i], 1e-5);
    for (const Crop& bad : {Crop{4, 0}, Crop{-1, 0}, Crop{0, 15}, Crop{0, -1}})
      EXPECT_THROW(ops->gather(in, std::vector<Crop>{crops[0], bad, crops[1]}), Error);
    EXPECT_THROW(ops->gather(in, std::vector<Crop>{crops[0]}), Error);
  }
}

TEST_P(NetworkSteps, RefusesWhatCannotBe) {
  EXPECT_THROW(make({0, 1}), Error);
  EXPECT_THROW(make({1, 0}), Error);
  const auto ops = make({2, 1});
  const Tensor x = ops->input(1, 1, 8);
  ConvolutionBlock block;
  block.out_channels = 4;
  EXPECT_THROW(ops->convolution_block(x, block), Error);  // a window of 2 rows on a map of one
  EXPECT_THROW(ops->dropout(x, 1.0f, 0), Error);
  EXPECT_THROW(ops->forward(Mode::kTraining, 1, 1), Error);  // before prepare()
  EXPECT_THROW(ops->prepare({}), Error);                     // without a loss

  NetworkCase net(2, 1, 4, 5, {hidden(4), last(3)});
  const auto wrong = make({2, 1});
  net.slots[0].shape[0] = 5;
  EXPECT_THROW(net.build(*wrong), Error);  // a weight of another size
  net.slots[0].shape[0] = 4;
  const auto right = make({2, 1});
  const Tensor in = net.build(*right);
  EXPECT_THROW(right->backward(), Error);  // without a forward
  right->forward(Mode::kEvaluation, 1, 1);
  EXPECT_THROW(right->backward(), Error);  // of an evaluation
  right->forward(Mode::kTraining, 1, 1);
  right->backward();
  EXPECT_THROW(right->backward(), Error);  // twice
  EXPECT_THROW(right->set_input(in, std::vector<float>(39)), Error);
  EXPECT_THROW(right->upload(Buffer::kParameters, std::vector<float>(3)), Error);
  EXPECT_THROW(right->set_targets(std::vector<float>(5)), Error);
}

}  // namespace
}  // namespace genretrack
