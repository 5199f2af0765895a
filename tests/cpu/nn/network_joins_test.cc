// Networks with several inputs, forks, residual ends, gates and frozen parts against the double reference.
// The bodies know NetworkOps alone.
#include <limits>

#include "host/core/error.h"
#include "tests/cpu/nn/graph_case.h"
#include "tests/cpu/nn/network_backends.h"

namespace genretrack {
namespace {

using namespace testing_nn;

std::vector<GraphCase> cases() {
  std::vector<GraphCase> all;
  // Residual ends: with and without a convolution on the short way, odd maps, pooling of every kind.
  const auto residual = [](int channels, int height, int width, int out, int ph, int pw, bool shortcut) {
    return [=](auto& g) {
      auto x = g.convolution(g.input(0, channels, height, width), {.out = shortcut ? 12 : out});
      auto [a, b] = g.fork(x);
      auto long_way = g.convolution(g.convolution(a, {.out = out}), {.out = out, .relu = false});
      if (shortcut) {
        auto short_way = g.convolution(b, {.out = out, .kernel_height = 1, .kernel_width = 1, .relu = false});
        g.loss(g.last(g.mean(g.add_relu_pool(long_way, short_way, ph, pw)), 3));
      } else {
        g.loss(g.last(g.mean(g.add_relu_pool(long_way, b, ph, pw)), 3));
      }
    };
  };
  all.emplace_back("ResidualWholeBlocks", 3, 3, residual(1, 7, 9, 16, 2, 2, false));
  all.emplace_back("ResidualOddChannels", 3, 3, residual(2, 6, 5, 11, 2, 1, false));
  all.emplace_back("ResidualShortcut", 2, 3, residual(1, 5, 6, 20, 1, 2, true));
  all.emplace_back("ResidualOneDimensional", 4, 3, residual(6, 1, 15, 16, 1, 2, true));
  all.emplace_back("ResidualOfTheInput", 4, 3, [](auto& g) {
    auto [a, b] = g.fork(g.input(0, 3, 5, 7));
    auto long_way = g.convolution(a, {.out = 3, .relu = false});
    g.loss(g.last(g.add_relu_pool(long_way, b, 1, 1), 3));
  });
  all.emplace_back("TwoInputsConcatenatedVectors", 5, 4, [](auto& g) {
    auto a = g.mean(g.convolution(g.input(0, 1, 6, 7), {.out = 12, .pool_height = 2, .pool_width = 2}));
    auto b = g.hidden(g.input(1, 5, 1, 4), 9);
    g.loss(g.last(g.hidden(g.concatenate({a, b}), 10), 4));
  });
  all.emplace_back("ConcatenatedMapsWholeBlocks", 3, 3, [](auto& g) {
    auto a = g.convolution(g.input(0, 2, 5, 6), {.out = 32});
    auto b = g.convolution(g.input(1, 1, 5, 6), {.out = 16});
    g.loss(g.last(g.mean(g.convolution(g.concatenate({a, b}), {.out = 8})), 3));
  });
  all.emplace_back("ConcatenatedMapsOddChannels", 3, 3, [](auto& g) {
    auto a = g.convolution(g.input(0, 2, 5, 6), {.out = 7});
    auto b = g.convolution(g.input(1, 1, 5, 6), {.out = 16});
    g.loss(g.last(g.mean(g.convolution(g.concatenate({a, b, g.input(2, 2, 5, 6)}), {.out = 8})), 3));
  });
  all.emplace_back("Gated", 6, 3, [](auto& g) {
    auto [a, a2] = g.fork(g.hidden(g.input(0, 1, 4, 5), 13));
    auto [b, b2] = g.fork(g.hidden(g.input(1, 3, 1, 5), 13));
    auto gate = g.last(g.hidden(g.concatenate({a, b}), 6), 2);
    g.loss(g.last(g.gated_sum(gate, {a2, b2}), 3));
  });
  all.emplace_back("FrozenInFront", 5, 3, [](auto& g) {
    auto frozen = g.mean(g.convolution(g.input(0, 1, 6, 7), {.out = 12, .pool_width = 2, .frozen = true}));
    auto trained = g.hidden(g.input(1, 5, 1, 4), 9);
    g.loss(g.last(g.hidden(g.concatenate({frozen, trained}), 10), 3));
  });
  all.emplace_back("FrozenBehind", 5, 3, [](auto& g) {
    auto x = g.convolution(g.input(0, 1, 6, 7), {.out = 12});
    g.loss(g.last(g.hidden(g.mean(g.convolution(x, {.out = 16, .pool_height = 2, .frozen = true})), 9, true),
                  3));
  });
  return all;
}

void expect_close(const std::vector<float>& got, const std::vector<double>& want, double tolerance,
                  const std::string& what) {
  ASSERT_EQ(got.size(), want.size());
  double scale = 0;
  for (const double w : want) scale = std::fmax(scale, std::fabs(w));
  for (std::size_t i = 0; i < got.size(); ++i)
    ASSERT_TRUE(std::fabs(got[i] - want[i]) <= tolerance * (scale + 1e-6))
        << what << " " << i << ": " << got[i] << " instead of " << want[i];
}

class NetworkJoins : public ::testing::TestWithParam<std::tuple<std::size_t, std::string>> {
 protected:
  NetworkJoins() : net(cases()[std::get<0>(GetParam())]) {}
  void SetUp() override {
    if (!backend().absent.empty()) GTEST_SKIP() << backend().absent;
    ops = make();
    net.build(*ops);
  }
  const NetworkBackend& backend() const { return network_backend(std::get<1>(GetParam())); }
  std::unique_ptr<NetworkOps> make() const { return backend().make({.batch = net.batch, .threads = 2}); }
  std::vector<double> parameters() const { return {net.order.values.begin(), net.order.values.end()}; }
  GraphCase net;
  std::unique_ptr<NetworkOps> ops;
};

TEST_P(NetworkJoins, ValuesAndStatisticsMatchReference) {
  for (const Mode mode : {Mode::kEvaluation, Mode::kTraining}) {
    auto p = parameters();
    std::vector<double> want;
    const double loss = net.reference(p, mode == Mode::kTraining, &want);
    ops->forward(mode, 3, 1);
    std::vector<float> logits(want.size());
    ops->logits(logits);
    expect_close(logits, want, 1.5 * backend().tolerance, "logit");
    EXPECT_NEAR(ops->loss(), loss, 1.5 * backend().tolerance * (1 + loss));
    expect_close(download(*ops, Buffer::kParameters, p.size()), p, 1e-5, "parameter");
  }
}

TEST_P(NetworkJoins, GradientsMatchCentralDifferencesOfReference) {
  ops->forward(Mode::kTraining, 3, 1);
  ops->backward();
  const auto gradients = download(*ops, Buffer::kGradients, net.order.values.size());
  for (const ParameterSlot& slot : net.order.slots) {
    if (slot.frozen || slot.kind == ParameterKind::kStatistic) continue;
    const std::size_t stride = std::max<std::size_t>(1, slot.count() / 4);
    std::vector<float> got;
    std::vector<double> want;
    for (std::size_t i = 0; i < slot.count(); i += stride) {
      double sides[2];
      for (int side = 0; side < 2; ++side) {
        auto p = parameters();
        p[slot.offset + i] += side ? 1e-6 : -1e-6;
        sides[side] = net.reference(p, true);
      }
      got.push_back(gradients[slot.offset + i]);
      want.push_back((sides[1] - sides[0]) / 2e-6);
    }
    double scale = 0;
    for (const double w : want) scale = std::fmax(scale, std::fabs(w));
    for (std::size_t i = 0; i < got.size(); ++i)
      ASSERT_TRUE(std::fabs(got[i] - want[i]) <= backend().gradient_tolerance * scale + 2e-6)
          << slot.name << ": " << got[i] << " instead of " << want[i];
  }
}

TEST_P(NetworkJoins, TrainsWhatIsNotFrozenAndRepeatsBitForBit) {
  std::vector<float> runs[2];
  for (auto& run : runs) {
    const auto again = make();
    net.build(*again);
    for (int step = 1; step <= 8; ++step) {
      again->forward(Mode::kTraining, 9, static_cast<std::uint64_t>(step));
      again->backward();
      again->update({.learning_rate = 0.01, .weight_decay = 0.1, .step = step});
    }
    run = download(*again, Buffer::kParameters, net.order.values.size());
  }
  EXPECT_EQ(runs[0], runs[1]);
  for (std::size_t s = 0; s < net.order.slots.size(); ++s) {
    const ParameterSlot& slot = net.order.slots[s];
    bool moved = false, frozen = slot.frozen;
    // Statistics lie behind their block's scale and shift and are frozen with them.
    if (slot.kind == ParameterKind::kStatistic) frozen = net.order.slots[s - 2].frozen;
    for (std::size_t i = slot.offset; i < slot.offset + slot.count(); ++i)
      moved = moved || runs[0][i] != net.order.values[i];
    EXPECT_NE(moved, frozen) << slot.name;
  }
}

std::string case_name(const ::testing::TestParamInfo<std::tuple<std::size_t, std::string>>& test) {
  return cases()[std::get<0>(test.param)].name + "On" + test_name(std::get<1>(test.param));
}

INSTANTIATE_TEST_SUITE_P(Backends, NetworkJoins,
                         ::testing::Combine(::testing::Range<std::size_t>(0, cases().size()),
                                            ::testing::ValuesIn(network_backend_names())),
                         case_name);

class NetworkJoinDivergence : public EachNetworkBackend {};
INSTANTIATE_TEST_SUITE_P(Backends, NetworkJoinDivergence, ::testing::ValuesIn(used_backend_names()),
                         backend_case_name);

// One value that is no number, at each place of a pooling window, alone in its map.
TEST_P(NetworkJoinDivergence, ShowsBehindTheEndOfAResidualBlock) {
  GraphCase net("", 1, 3, [](auto& g) {
    auto a = g.input(0, 16, 4, 4);
    g.loss(g.last(g.add_relu_pool(a, g.input(1, 16, 4, 4), 2, 2), 3));
  });
  const auto ops = make({.batch = 1, .threads = 1});
  net.build(*ops);
  for (const std::size_t place : {0, 1, 4, 5}) {
    std::vector<float> input = net.inputs[0];
    input[place] = std::numeric_limits<float>::quiet_NaN();
    ops->set_input(net.tensors[0], input);
    ops->forward(Mode::kEvaluation, 1, 1);
    EXPECT_TRUE(std::isnan(ops->loss())) << place;
  }
}

class NetworkJoinRefusals : public EachNetworkBackend {};
INSTANTIATE_TEST_SUITE_P(Backends, NetworkJoinRefusals, ::testing::ValuesIn(used_backend_names()),
                         backend_case_name);

TEST_P(NetworkJoinRefusals, ShapesThatDoNotFit) {
  const auto ops = make({.batch = 2, .threads = 1});
  const Tensor a = ops->input(4, 3, 5), b = ops->input(4, 3, 6), c = ops->input(5, 1, 1),
               d = ops->input(2, 1, 1);
  EXPECT_THROW(ops->concatenate(std::array{a, b}), Error);
  EXPECT_THROW(ops->concatenate({}), Error);
  EXPECT_THROW(ops->add_relu_pool(a, b, 1, 1), Error);
  EXPECT_THROW(ops->add_relu_pool(a, a, 1, 1), Error);  // used twice: fork() makes two of it
  EXPECT_THROW(ops->gated_sum(d, std::array{c, a}), Error);
  EXPECT_THROW(ops->gated_sum(d, std::array{c}), Error);
  ConvolutionBlock pooling_without_relu;
  pooling_without_relu.out_channels = 3;
  pooling_without_relu.relu = false;
  EXPECT_THROW(ops->convolution_block(a, pooling_without_relu), Error);
}

}  // namespace
}  // namespace genretrack
