// Networks over time through several steps, on every backend.
#include "host/core/error.h"
#include "tests/cpu/nn/network_backends.h"
#include "tests/cpu/nn/time_case.h"

namespace genretrack {
namespace {

using namespace testing_nn;

class RecurrentNetworkSteps : public EachNetworkBackend {};
INSTANTIATE_TEST_SUITE_P(Backends, RecurrentNetworkSteps, ::testing::ValuesIn(used_backend_names()),
                         backend_case_name);

constexpr Cell kCells[] = {Cell::kRnn, Cell::kLstm, Cell::kGru};

TimeCase small(Cell cell) {
  return TimeCase(6, 1, 8, 12, 3,
                  {convolve(10), fold(), recurrent(cell, 12, 2), drop(0.2f), recurrent(cell, 9),
                   summary(TimeSummary::kAttention)});
}

void train(NetworkOps& ops, int from, int to, double rate) {
  for (int step = from; step <= to; ++step) {
    ops.forward(Mode::kTraining, 9, static_cast<std::uint64_t>(step));
    ops.backward();
    ops.update({.learning_rate = rate, .weight_decay = 1e-3, .step = step});
  }
}

TEST_P(RecurrentNetworkSteps, RepeatBitForBit) {
  for (const Cell cell : kCells)
    for (const int threads : {1, 3}) {
      std::vector<float> runs[2];
      for (auto& run : runs) {
        const TimeCase net = small(cell);
        const auto ops = make({.batch = net.batch, .threads = threads});
        net.build(*ops);
        train(*ops, 1, 4, 0.01);
        run = download(*ops, Buffer::kParameters, net.parameters.size());
      }
      EXPECT_EQ(runs[0], runs[1]);
      for (const float p : runs[0]) ASSERT_TRUE(std::isfinite(p));
    }
}

TEST_P(RecurrentNetworkSteps, ResumeFromTransferredStateToTheLastBit) {
  for (const Cell cell : kCells) {
    const TimeCase net = small(cell);
    const auto whole = make({.batch = net.batch, .threads = 2}),
               part = make({.batch = net.batch, .threads = 2});
    net.build(*whole);
    net.build(*part);
    train(*whole, 1, 5, 0.01);
    for (const Buffer which : {Buffer::kParameters, Buffer::kFirstMoments, Buffer::kSecondMoments})
      part->upload(which, download(*whole, which, net.parameters.size()));
    for (NetworkOps* ops : {whole.get(), part.get()}) train(*ops, 6, 7, 0.01);
    EXPECT_EQ(download(*whole, Buffer::kParameters, net.parameters.size()),
              download(*part, Buffer::kParameters, net.parameters.size()));
  }
}

TEST_P(RecurrentNetworkSteps, TransfersKeepEveryBit) {
  for (const Cell cell : kCells) {
    const TimeCase net = small(cell);
    const auto ops = make({.batch = net.batch, .threads = 2});
    net.build(*ops);
    for (const Buffer which : {Buffer::kParameters, Buffer::kGradients, Buffer::kFirstMoments}) {
      const std::vector<float> sent = Values(5).take(net.parameters.size());
      ops->upload(which, sent);
      EXPECT_EQ(download(*ops, which, sent.size()), sent);
    }
  }
}

// Which of three clips began with a click, told by the last state alone.
TEST_P(RecurrentNetworkSteps, CellsRememberTheFirstFrame) {
  for (const Cell cell : kCells) {
    TimeCase net(6, 3, 1, 5, 3, {recurrent(cell, 16), summary(TimeSummary::kLast)});
    std::fill(net.input.begin(), net.input.end(), 0.0f);
    for (int n = 0; n < 6; ++n) net.input[static_cast<std::size_t>((n * 3 + n % 3) * 5)] = 3;
    for (float& p : net.parameters) p *= 0.5f;
    const auto ops = make({.batch = 6, .threads = 2});
    net.build(*ops);
    train(*ops, 1, 200, 0.02);
    EXPECT_LT(ops->loss(), 0.05) << static_cast<int>(cell);
  }
}

TEST_P(RecurrentNetworkSteps, LongSequencesTrain) {
  for (const Cell cell : kCells)
    for (const int frames : {130, 1292}) {
      TimeCase net(4, 6, 1, frames, 3, {recurrent(cell, 8), summary(TimeSummary::kMean)});
      for (float& p : net.parameters) p *= 0.5f;
      const auto ops = make({.batch = 4, .threads = 2});
      net.build(*ops);
      ops->forward(Mode::kTraining, 9, 1);
      const double before = ops->loss();
      std::vector<double> p(net.parameters.begin(), net.parameters.end());
      if (frames == 130) {
        EXPECT_NEAR(before, net.reference_loss(&p, Mode::kTraining, 9, 1), 1e-4);
      }
      train(*ops, 1, 20, 0.03);
      EXPECT_LT(ops->loss(), before - 0.05);
    }
}

TEST_P(RecurrentNetworkSteps, RefuseWhatCannotBe) {
  const auto ops = make({.batch = 2});
  RecurrentLayer layer;
  EXPECT_THROW(ops->recurrent_layer(ops->input(3, 2, 8), layer), Error);  // a map of two rows
  EXPECT_THROW(ops->summarise_time(ops->input(3, 2, 8), {}), Error);
  EXPECT_THROW(ops->recurrent_layer(ops->input(3, 1, 8), layer), Error);  // no units
  layer.hidden = 4, layer.directions = 3;
  EXPECT_THROW(ops->recurrent_layer(ops->input(3, 1, 8), layer), Error);
  EXPECT_THROW(ops->summarise_time(ops->input(3, 1, 8), {TimeSummary::kLast, 2, 0}), Error);  // no halves
}

}  // namespace
}  // namespace genretrack
