// Recurrent layers against values and gradients that PyTorch gave.
#include "tests/golden/recurrent_golden.h"

#include "tests/cpu/nn/network_backends.h"
#include "tests/cpu/nn/time_case.h"

namespace genretrack {
namespace {

using namespace testing_nn;

class RecurrentNetworkGolden : public EachNetworkBackend {
 protected:
  void expect_torch(Cell cell, const std::vector<float>& parameters, const std::vector<float>& input,
                    const std::vector<float>& logits, double loss, const std::vector<float>& gradients) {
    TimeCase net(golden::kClips, golden::kFeatures, 1, golden::kFrames, golden::kClasses,
                 {recurrent(cell, golden::kHidden, 2), summary(TimeSummary::kMean)});
    ASSERT_EQ(net.parameters.size(), parameters.size());
    ASSERT_EQ(net.input.size(), input.size());
    net.parameters = parameters;
    net.input = input;
    const auto ops = make({.batch = net.batch, .threads = 2});
    net.build(*ops);
    ops->forward(Mode::kTraining, 1, 1);
    EXPECT_NEAR(ops->loss(), loss, backend().tolerance * (1 + loss));
    std::vector<float> got(logits.size());
    ops->logits(got);
    expect_close(got, logits, backend().tolerance);
    ops->backward();
    expect_close(download(*ops, Buffer::kGradients, gradients.size()), gradients,
                 backend().gradient_tolerance);
  }
  static void expect_close(const std::vector<float>& got, const std::vector<float>& want, double tolerance) {
    float scale = 0;
    for (const float w : want) scale = std::fmax(scale, std::fabs(w));
    for (std::size_t i = 0; i < got.size(); ++i)
      ASSERT_TRUE(std::fabs(got[i] - want[i]) <= tolerance * scale)
          << i << ": " << got[i] << " instead of " << want[i];
  }
};
INSTANTIATE_TEST_SUITE_P(Backends, RecurrentNetworkGolden, ::testing::ValuesIn(used_backend_names()),
                         backend_case_name);

TEST_P(RecurrentNetworkGolden, RnnIsPyTorchs) {
  expect_torch(Cell::kRnn, golden::kRnnParameters, golden::kRnnInput, golden::kRnnLogits, golden::kRnnLoss,
               golden::kRnnGradients);
}
TEST_P(RecurrentNetworkGolden, LstmIsPyTorchs) {
  expect_torch(Cell::kLstm, golden::kLstmParameters, golden::kLstmInput, golden::kLstmLogits,
               golden::kLstmLoss, golden::kLstmGradients);
}
TEST_P(RecurrentNetworkGolden, GruIsPyTorchs) {
  expect_torch(Cell::kGru, golden::kGruParameters, golden::kGruInput, golden::kGruLogits, golden::kGruLoss,
               golden::kGruGradients);
}

}  // namespace
}  // namespace genretrack
