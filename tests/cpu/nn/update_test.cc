// Updates with clipped gradients, with momentum instead of moments, and with averaged weights.
#include <limits>

#include "host/core/error.h"
#include "tests/cpu/nn/network_backends.h"
#include "tests/cpu/nn/network_case.h"
#include "tests/reference/nn_optimizer.h"

namespace genretrack {
namespace {

using namespace testing_nn;

class NetworkUpdate : public EachNetworkBackend {};
INSTANTIATE_TEST_SUITE_P(Backends, NetworkUpdate, ::testing::ValuesIn(used_backend_names()),
                         backend_case_name);

// Wide enough for several shares of an update and for padded blocks.
NetworkCase wide() {
  return NetworkCase(2, 3, 6, 7, {convolution(20), convolution(33), hidden(700), last(5)});
}

bool is_trained(const NetworkCase& net, std::size_t i) {
  for (const ParameterSlot& slot : net.slots)
    if (i >= slot.offset && i < slot.offset + slot.count()) return slot.kind != ParameterKind::kStatistic;
  return false;
}
bool is_weight(const NetworkCase& net, std::size_t i) {
  for (const ParameterSlot& slot : net.slots)
    if (i >= slot.offset && i < slot.offset + slot.count()) return slot.kind == ParameterKind::kWeight;
  return false;
}

TEST_P(NetworkUpdate, MatchesReferenceSgdWithMomentum) {
  const NetworkCase net = wide();
  for (const double momentum : {0.0, 0.9}) {
    const auto ops = make({2, 2});
    net.build(*ops);
    std::vector<reference::SgdState> want;
    for (const float p : net.parameters) want.push_back({p});
    Values values(5);
    for (int step = 1; step <= 5; ++step) {
      const std::vector<float> gradients = values.take(net.parameters.size());
      for (std::size_t i = 0; i < want.size(); ++i)
        if (is_trained(net, i)) want[i].update(gradients[i], 0.02, is_weight(net, i) ? 0.1 : 0, momentum);
      ops->upload(Buffer::kGradients, gradients);
      ops->update({.optimizer = Optimizer::kSgd,
                   .learning_rate = 0.02,
                   .weight_decay = 0.1,
                   .momentum = momentum,
                   .step = step});
    }
    const auto weights = download(*ops, Buffer::kParameters, want.size());
    const auto velocities = download(*ops, Buffer::kFirstMoments, want.size());
    for (std::size_t i = 0; i < want.size(); ++i) {
      ASSERT_NEAR(weights[i], want[i].weight, 1e-6) << i;
      if (is_trained(net, i)) {
        ASSERT_NEAR(velocities[i], want[i].velocity, 3e-6) << i;
      }
    }
  }
}

TEST_P(NetworkUpdate, ClipsTheGlobalNormOfTrainedGradients) {
  const NetworkCase net = wide();
  Values values(6);
  std::vector<float> gradients = values.take(net.parameters.size());
  std::vector<double> trained;
  for (std::size_t i = 0; i < gradients.size(); ++i)
    if (is_trained(net, i))
      trained.push_back(gradients[i]);
    else
      gradients[i] = 1e6f;  // of a statistic: counts for nothing
  double squares = 0;
  for (const double g : trained) squares += g * g;
  const double norm = std::sqrt(squares);
  for (const double most : {0.0, 0.25 * norm, 1.0001 * norm}) {
    const std::vector<double> want = reference::clipped(trained, most);
    const auto ops = make({2, 2});
    net.build(*ops);
    ops->upload(Buffer::kGradients, gradients);
    ops->update({.optimizer = Optimizer::kSgd,
                 .learning_rate = 1,
                 .weight_decay = 0,
                 .momentum = 0,
                 .max_gradient_norm = most,
                 .step = 1});
    const auto weights = download(*ops, Buffer::kParameters, net.parameters.size());
    std::size_t t = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      if (is_trained(net, i)) {
        ASSERT_NEAR(net.parameters[i] - weights[i], want[t++], 1e-6) << most;
      }
    }
  }
}

TEST_P(NetworkUpdate, ClippingScalesBothMomentsOfAdamW) {
  const NetworkCase net = wide();
  Values values(7);
  std::vector<float> gradients = values.take(net.parameters.size());
  std::vector<float> trained;
  for (std::size_t i = 0; i < gradients.size(); ++i)
    if (is_trained(net, i)) trained.push_back(gradients[i]);
  double squares = 0;
  for (const double g : trained) squares += g * g;
  const auto ops = make({2, 2});
  net.build(*ops);
  ops->upload(Buffer::kGradients, gradients);
  ops->update({.max_gradient_norm = 0.5, .step = 1});
  const auto first = download(*ops, Buffer::kFirstMoments, gradients.size());
  const auto second = download(*ops, Buffer::kSecondMoments, gradients.size());
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    if (!is_trained(net, i)) continue;
    const double g = gradients[i] * 0.5 / std::sqrt(squares);
    ASSERT_NEAR(first[i], 0.1 * g, 1e-6 * std::fabs(g));
    ASSERT_NEAR(second[i], 0.001 * g * g, 1e-5 * 0.001 * g * g);
  }
}

TEST_P(NetworkUpdate, AClippedDivergenceStaysOne) {
  const NetworkCase net = wide();
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    std::vector<float> gradients(net.parameters.size(), 0.1f);
    gradients[3] = bad;
    const auto ops = make({2, 1});
    net.build(*ops);
    ops->upload(Buffer::kGradients, gradients);
    ops->update({.max_gradient_norm = 1, .step = 1});
    EXPECT_FALSE(std::isfinite(download(*ops, Buffer::kParameters, gradients.size())[3]));
  }
}

TEST_P(NetworkUpdate, AveragesWeightsAndStatistics) {
  const NetworkCase net = wide();
  const auto ops = make({2, 2});
  net.build(*ops);
  ops->upload(Buffer::kAverage, net.parameters);
  std::vector<double> want(net.parameters.begin(), net.parameters.end());
  for (int step = 1; step <= 6; ++step) {
    ops->forward(Mode::kTraining, 1, static_cast<std::uint64_t>(step));
    ops->backward();
    ops->update({.learning_rate = 0.05, .average_keep = 0.8, .step = step});
    const auto now = download(*ops, Buffer::kParameters, want.size());
    for (std::size_t i = 0; i < want.size(); ++i) want[i] = 0.8 * want[i] + 0.2 * now[i];
  }
  const auto average = download(*ops, Buffer::kAverage, want.size());
  const auto now = download(*ops, Buffer::kParameters, want.size());
  std::size_t statistics = 0;
  for (std::size_t i = 0; i < want.size(); ++i) {
    ASSERT_NEAR(average[i], want[i], 2e-6 * (1 + std::fabs(want[i]))) << i;
    statistics += !is_trained(net, i) && std::fabs(now[i] - average[i]) > 1e-3 ? 1 : 0;
  }
  EXPECT_GT(statistics, 100u);  // the running statistics moved, and their average lags behind
}

TEST_P(NetworkUpdate, WithoutAveragingTheAverageStays) {
  const NetworkCase net = wide();
  const auto ops = make({2, 2});
  net.build(*ops);
  ops->upload(Buffer::kAverage, net.parameters);
  ops->forward(Mode::kTraining, 1, 1);
  ops->backward();
  ops->update({.step = 1});
  EXPECT_EQ(download(*ops, Buffer::kAverage, net.parameters.size()), net.parameters);
}

TEST_P(NetworkUpdate, IsTheSameForEveryNumberOfThreads) {
  const NetworkCase net = wide();
  std::vector<float> gradients = Values(8).take(net.parameters.size()), results[2];
  for (const int threads : {1, 2}) {
    const auto ops = make({2, threads});
    net.build(*ops);
    ops->upload(Buffer::kAverage, net.parameters);
    ops->upload(Buffer::kGradients, gradients);
    ops->update({.max_gradient_norm = 0.7, .average_keep = 0.9, .step = 1});
    results[threads - 1] = download(*ops, Buffer::kAverage, net.parameters.size());
  }
  EXPECT_EQ(results[0], results[1]);
}

TEST_P(NetworkUpdate, RefusesWhatCannotBe) {
  const NetworkCase net(2, 1, 4, 5, {last(3)});
  const auto ops = make({2, 1});
  net.build(*ops);
  EXPECT_THROW(ops->update({.step = 0}), Error);
  EXPECT_THROW(ops->update({.max_gradient_norm = -1, .step = 1}), Error);
  EXPECT_THROW(ops->update({.average_keep = 1, .step = 1}), Error);
  EXPECT_THROW(ops->update({.average_keep = -0.1, .step = 1}), Error);
}

}  // namespace
}  // namespace genretrack
