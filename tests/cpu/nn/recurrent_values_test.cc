// Recurrent layers and summaries over time against the double reference and its central differences.
#include <algorithm>

#include "tests/cpu/nn/network_backends.h"
#include "tests/cpu/nn/time_case.h"

namespace genretrack {
namespace {

using namespace testing_nn;

struct Shape {
  std::string name;
  int batch, channels, height, width;
  std::vector<TimePart> parts;
};

std::vector<Shape> shapes() {
  std::vector<Shape> all;
  for (const auto& [cell, name] :
       {std::pair{Cell::kRnn, "Rnn"}, {Cell::kLstm, "Lstm"}, {Cell::kGru, "Gru"}}) {
    const std::string id = name;
    all.push_back({id, 4, 5, 1, 7, {recurrent(cell, 6), summary(TimeSummary::kLast)}});
    all.push_back({id + "UnequalShares", 5, 3, 1, 6, {recurrent(cell, 7), summary(TimeSummary::kMean)}});
    all.push_back({id + "BothDirections",
                   4,
                   5,
                   1,
                   6,
                   {recurrent(cell, 4, 2), recurrent(cell, 3, 2), summary(TimeSummary::kLast, 2)}});
    all.push_back(
        {id + "TwoLayersWithDropout",
         3,
         4,
         1,
         5,
         {recurrent(cell, 17), drop(0.4f), recurrent(cell, 5), drop(0.2f), summary(TimeSummary::kMax)}});
    all.push_back({id + "OneFrame", 3, 4, 1, 1, {recurrent(cell, 5, 2), summary(TimeSummary::kMean)}});
    all.push_back({id + "OneClip", 1, 4, 1, 5, {recurrent(cell, 16), summary(TimeSummary::kBoth)}});
  }
  for (const auto& [how, name] : {std::pair{TimeSummary::kMean, "Mean"},
                                  {TimeSummary::kMax, "Max"},
                                  {TimeSummary::kBoth, "Both"},
                                  {TimeSummary::kLast, "Last"},
                                  {TimeSummary::kAttention, "Attention"}}) {
    const std::string id = name;
    all.push_back({id + "OverMaps", 5, 1, 9, 12, {convolve(20), mean_height(), summary(how)}});
    all.push_back({id + "OverInput", 3, 7, 1, 9, {summary(how)}});
    all.push_back({id + "OverTwoDirections", 3, 4, 1, 6, {recurrent(Cell::kGru, 5, 2), summary(how, 2)}});
  }
  all.push_back({"FoldedMaps",
                 5,
                 1,
                 9,
                 12,
                 {convolve(20), fold(), recurrent(Cell::kGru, 6), summary(TimeSummary::kLast)}});
  all.push_back({"FoldedInput", 3, 2, 4, 6, {fold(), recurrent(Cell::kRnn, 6), summary(TimeSummary::kLast)}});
  all.push_back(
      {"DropoutOverTime", 3, 1, 6, 10, {convolve(9), fold(), drop(0.3f), summary(TimeSummary::kMean)}});
  all.push_back({"DenseOverAllFrames", 3, 4, 1, 5, {recurrent(Cell::kLstm, 6)}});
  all.push_back({"MeanOverPositions", 3, 4, 1, 5, {recurrent(Cell::kLstm, 6), mean_positions()}});
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

class RecurrentNetworkValues : public ::testing::TestWithParam<std::tuple<std::string, Shape>> {
 protected:
  RecurrentNetworkValues() : RecurrentNetworkValues(std::get<1>(GetParam())) {}
  explicit RecurrentNetworkValues(const Shape& s) : net(s.batch, s.channels, s.height, s.width, 3, s.parts) {}
  void SetUp() override {
    if (!backend().absent.empty()) GTEST_SKIP() << backend().absent;
    ops = backend().make({.batch = net.batch, .threads = 2});
    net.build(*ops);
  }
  const NetworkBackend& backend() const { return network_backend(std::get<0>(GetParam())); }
  TimeCase net;
  std::unique_ptr<NetworkOps> ops;
};

TEST_P(RecurrentNetworkValues, LogitsMatchReference) {
  for (const Mode mode : {Mode::kEvaluation, Mode::kTraining}) {
    std::vector<double> p(net.parameters.begin(), net.parameters.end());
    const double want = net.reference_loss(&p, mode, 3, 11);
    ops->forward(mode, 3, 11);
    std::vector<float> logits(net.logits.size());
    ops->logits(logits);
    expect_close(logits, net.logits, backend().tolerance, "logit");
    EXPECT_NEAR(ops->loss(), want, backend().tolerance * (1 + want));
  }
}

TEST_P(RecurrentNetworkValues, GradientsMatchCentralDifferencesOfReference) {
  // A second step: what the first one left behind must not be added to.
  for (int step = 10; step <= 11; ++step) {
    ops->upload(Buffer::kParameters, net.parameters);
    ops->forward(Mode::kTraining, 3, static_cast<std::uint64_t>(step));
    ops->backward();
  }
  const std::vector<float> gradients = download(*ops, Buffer::kGradients, net.parameters.size());
  for (const ParameterSlot& slot : net.slots) {
    const std::size_t stride = std::max<std::size_t>(1, slot.count() / 24);
    std::vector<float> got;
    std::vector<double> want;
    for (std::size_t i = 0; i < slot.count(); i += stride) {
      double sides[2];
      for (int side = 0; side < 2; ++side) {
        std::vector<double> p(net.parameters.begin(), net.parameters.end());
        p[slot.offset + i] += side ? 1e-6 : -1e-6;
        sides[side] = net.reference_loss(&p, Mode::kTraining, 3, 11);
      }
      got.push_back(gradients[slot.offset + i]);
      want.push_back(slot.kind == ParameterKind::kStatistic ? 0 : (sides[1] - sides[0]) / 2e-6);
    }
    double scale = 0;
    for (const double w : want) scale = std::fmax(scale, std::fabs(w));
    for (std::size_t i = 0; i < got.size(); ++i)
      ASSERT_TRUE(std::fabs(got[i] - want[i]) <= backend().gradient_tolerance * scale + 2e-6)
          << slot.name << ": " << got[i] << " instead of " << want[i];
  }
}

std::string case_name(const ::testing::TestParamInfo<std::tuple<std::string, Shape>>& test) {
  return test_name(std::get<0>(test.param)) + std::get<1>(test.param).name;
}

INSTANTIATE_TEST_SUITE_P(Backends, RecurrentNetworkValues,
                         ::testing::Combine(::testing::ValuesIn(used_backend_names()),
                                            ::testing::ValuesIn(shapes())),
                         case_name);

}  // namespace
}  // namespace genretrack
