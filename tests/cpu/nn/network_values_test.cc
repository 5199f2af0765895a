// Values and gradients of whole small networks against the double reference.
#include <algorithm>

#include "tests/cpu/nn/network_backends.h"
#include "tests/cpu/nn/network_case.h"

namespace genretrack {
namespace {

using namespace testing_nn;

struct Shape {
  std::string name;
  int batch, channels, height, width;
  std::vector<Layer> layers;
};

std::vector<Shape> shapes() {
  return {
      {"OneChannelOddMap", 5, 1, 9, 7, {convolution(12), mean(), last(3)}},
      {"ThreeChannelsDeep",
       2,
       3,
       10,
       11,
       {convolution(3), convolution(20), convolution(24), mean(), last(4)}},
      {"Channels33", 2, 1, 8, 9, {convolution(33), convolution(16), mean(), last(3)}},
      {"Batch1", 1, 1, 12, 13, {convolution(16), convolution(20), mean(), last(3)}},
      {"PoolsOfEveryKind",
       2,
       1,
       9,
       9,
       {convolution(8, 3, 3, 1, 1), convolution(8, 5, 3, 2, 1), convolution(8, 3, 5, 1, 2), mean(), last(3)}},
      {"OneDimensional",
       3,
       20,
       1,
       31,
       {convolution(12, 1, 5, 1, 2), convolution(33, 1, 3, 1, 2), mean(), last(4)}},
      {"OneDimensionalOneChannel",
       3,
       1,
       1,
       29,
       {convolution(20, 1, 7, 1, 2), convolution(3, 1, 3, 1, 1), mean(), last(3)}},
      {"OneDimensionalBands", 2, 128, 1, 24, {convolution(24, 1, 9, 1, 2), mean(), last(3)}},
      {"DenseOnly", 5, 1, 6, 7, {hidden(20), hidden(33), last(4)}},
      {"DenseOfWholeBlocks", 6, 4, 2, 4, {hidden(32), hidden(16), last(10)}},
      {"DenseBehindMaps", 4, 1, 6, 8, {convolution(12), hidden(9), last(3)}},
      {"DenseBehindWholeBlocks", 4, 1, 7, 6, {convolution(32), last(3)}},
      {"LastOnly", 3, 1, 2, 3, {last(4)}},
      {"MapShrinksToOne",
       5,
       1,
       4,
       4,
       {convolution(16), convolution(24), convolution(20, 3, 3, 1, 1), last(3)}},
      {"WithDropout",
       4,
       1,
       6,
       6,
       {convolution(20), dropout(0.3f), mean(), dropout(0.5f), hidden(11), dropout(0.2f), last(3)}},
      {"DropoutOfTheInput", 4, 2, 3, 5, {dropout(0.4f), hidden(12), last(3)}},
  };
}

void expect_close(const std::vector<float>& got, const std::vector<double>& want, double tolerance,
                  const std::string& what) {
  ASSERT_EQ(got.size(), want.size());
  double scale = 0;
  for (const double w : want) scale = std::fmax(scale, std::fabs(w));
  for (std::size_t i = 0; i < got.size(); ++i)
    // Written so that a NaN fails.
    if (!(std::fabs(got[i] - want[i]) <= tolerance * (scale + 1e-6)))
      FAIL() << what << " " << i << ": " << got[i] << " instead of " << want[i] << ", scale " << scale;
}

class NetworkValues : public ::testing::TestWithParam<std::tuple<Shape, std::string>> {
 protected:
  NetworkValues() : NetworkValues(std::get<0>(GetParam())) {}
  explicit NetworkValues(const Shape& shape)
      : net(shape.batch, shape.channels, shape.height, shape.width, shape.layers) {}
  void SetUp() override {
    if (!backend().absent.empty()) GTEST_SKIP() << backend().absent;
    ops = backend().make({net.batch, 2});
    net.build(*ops);
  }
  const NetworkBackend& backend() const { return network_backend(std::get<1>(GetParam())); }
  std::vector<double> reference_parameters() const { return {net.parameters.begin(), net.parameters.end()}; }
  void expect_logits(double want) {
    std::vector<float> logits(net.logits.size());
    ops->logits(logits);
    expect_close(logits, net.logits, backend().tolerance, "logit");
    EXPECT_NEAR(ops->loss(), want, backend().tolerance * (1 + want));
  }
  NetworkCase net;
  std::unique_ptr<NetworkOps> ops;
};

TEST_P(NetworkValues, TrainingMatchesReference) {
  auto p = reference_parameters();
  const double want = net.reference_loss(&p, Mode::kTraining, 3, 11);
  ops->forward(Mode::kTraining, 3, 11);
  expect_logits(want);
  // Running statistics moved as the reference moved them; nothing else did.
  expect_close(download(*ops, Buffer::kParameters, p.size()), p, 1e-5, "parameter");
}

TEST_P(NetworkValues, EvaluationMatchesReference) {
  auto p = reference_parameters();
  const double want = net.reference_loss(&p, Mode::kEvaluation, 3, 11);
  ops->forward(Mode::kEvaluation, 3, 11);
  expect_logits(want);
  EXPECT_EQ(download(*ops, Buffer::kParameters, p.size()), net.parameters);
}

TEST_P(NetworkValues, GradientsMatchCentralDifferencesOfReference) {
  ops->forward(Mode::kTraining, 3, 11);
  ops->backward();
  const std::vector<float> gradients = download(*ops, Buffer::kGradients, net.parameters.size());
  for (const ParameterSlot& slot : net.slots) {
    // Some of each slot, its ends among them: the reference is slow.
    const std::size_t count = slot.count(), stride = std::max<std::size_t>(1, count / 12);
    std::vector<float> got;
    std::vector<double> want;
    for (std::size_t i = 0; i < count; i += i + stride < count || i + 1 == count ? stride : count - 1 - i) {
      const double h = 1e-6;
      double sides[2];
      for (int side = 0; side < 2; ++side) {
        auto p = reference_parameters();
        p[slot.offset + i] += side ? h : -h;
        sides[side] = net.reference_loss(&p, Mode::kTraining, 3, 11);
      }
      got.push_back(gradients[slot.offset + i]);
      want.push_back(slot.kind == ParameterKind::kStatistic ? 0 : (sides[1] - sides[0]) / (2 * h));
    }
    double scale = 0;
    for (const double w : want) scale = std::fmax(scale, std::fabs(w));
    for (std::size_t i = 0; i < got.size(); ++i)
      ASSERT_TRUE(std::fabs(got[i] - want[i]) <= backend().gradient_tolerance * scale + 2e-6)
          << slot.name << ": " << got[i] << " instead of " << want[i];
  }
}

TEST_P(NetworkValues, SaysHowEachOperationIsComputed) {
  const std::vector<std::string> lines = ops->implementations();
  EXPECT_EQ(lines.size(), net.layers.size() + 1);
  for (const std::string& line : lines) {
    EXPECT_NE(line.find(": "), std::string::npos) << line;
    EXPECT_EQ(line.find("ref"), std::string::npos) << line;  // oneDNN's slow ones
    if (line.starts_with("convolution") && backend().name == "cpu") {
      EXPECT_NE(line.find("own:"), std::string::npos) << line;
    }
  }
}

std::string case_name(const ::testing::TestParamInfo<std::tuple<Shape, std::string>>& test) {
  return std::get<0>(test.param).name + "On" + test_name(std::get<1>(test.param));
}

INSTANTIATE_TEST_SUITE_P(Backends, NetworkValues,
                         ::testing::Combine(::testing::ValuesIn(shapes()),
                                            ::testing::ValuesIn(network_backend_names())),
                         case_name);

}  // namespace
}  // namespace genretrack
