// What the CUDA backend's networks promise beside what all do, on the emulated device.
#include "cuda/nn/cuda_network_ops.h"

#include "host/backend/device.h"
#include "host/core/error.h"
#include "tests/cpu/nn/network_case.h"
#include "tests/cuda_on_cpu/machine.h"

namespace genretrack::testing_nn {
namespace {

class CudaNetworkOps : public ::testing::Test {
 protected:
  void SetUp() override { cuda_on_cpu::reset(); }
  void TearDown() override {
    cuda_on_cpu::reset();
    EXPECT_EQ(cuda_on_cpu::live(), cuda_on_cpu::Live{});
  }
};

NetworkCase small_network() {
  return NetworkCase(4, 1, 8, 9, {convolution(6), convolution(5), dropout(0.3f), mean(), hidden(7), last(3)});
}

struct Source {
  std::vector<float> features = Values(5).take(3 * 8 * 20), mean = Values(6).take(8),
                     scale = Values(7).take(8);
  FeatureSource source() const { return {features, 8, 20, mean, scale}; }
};

std::vector<Crop> crops_of(int step) {
  std::vector<Crop> crops(4);
  for (int i = 0; i < 4; ++i) crops[std::size_t(i)] = {(i + step) % 3, (3 * i + step) % 11};
  crops[1].noise = 0.5f, crops[1].noise_seed = std::uint64_t(step);
  crops[2].partner = 1, crops[2].keep = 0.7f;
  return crops;
}

// Steps as the trainer does them: every value differs from step to step.
struct Trained {
  std::vector<float> parameters;
  std::vector<double> losses;
  bool operator==(const Trained&) const = default;
};
Trained train(NetworkOps& ops, const NetworkCase& net, Tensor in, int steps, bool reads_between = false) {
  Trained trained;
  for (int step = 1; step <= steps; ++step) {
    ops.gather(in, crops_of(step));
    std::vector<float> targets(net.targets.size());
    for (std::size_t n = 0; n < 4; ++n) targets[n * 3 + (n + std::size_t(step)) % 3] = 1;
    ops.set_targets(targets);
    ops.forward(Mode::kTraining, 9, std::uint64_t(step));
    if (reads_between) trained.losses.push_back(ops.loss());
    ops.backward();
    ops.update({.learning_rate = 0.01 / step, .max_gradient_norm = 2, .average_keep = 0.9, .step = step});
    if (!reads_between) trained.losses.push_back(ops.loss());
  }
  trained.parameters = download(ops, Buffer::kParameters, net.parameters.size());
  return trained;
}

Trained train_anew(int steps, bool reads_between = false) {
  const NetworkCase net = small_network();
  const Source source;
  const auto ops = make_cuda_network_ops({.batch = 4});
  const Tensor in = net.build(*ops);
  ops->set_features(in, source.source());
  return train(*ops, net, in, steps, reads_between);
}

TEST_F(CudaNetworkOps, TrainsAsTheCpuDoes) {
  const NetworkCase net = small_network();
  const Source source;
  const auto cpu = make_network_ops(Device::kCpu, {.batch = 4});
  const Tensor in = net.build(*cpu);
  cpu->set_features(in, source.source());
  const Trained want = train(*cpu, net, in, 5), got = train_anew(5);
  for (std::size_t i = 0; i < want.losses.size(); ++i) EXPECT_NEAR(got.losses[i], want.losses[i], 1e-4) << i;
  for (std::size_t i = 0; i < want.parameters.size(); ++i)
    ASSERT_NEAR(got.parameters[i], want.parameters[i], 1e-3) << i;
}

// The first step is queued call by call, the second captured, the others replayed: with every value that
// changes from step to step in device memory, all of them do the same.
TEST_F(CudaNetworkOps, ReplayedStepsAreThoseThatAreQueued) {
  const Trained replayed = train_anew(6);
  const long graphs = cuda_on_cpu::counts().graph_launches;
  EXPECT_EQ(graphs, 5);  // one launch is a whole step
  // A read between forward and backward takes a step apart; its parts are graphs of their own.
  const Trained apart = train_anew(6, true);
  EXPECT_GT(cuda_on_cpu::counts().graph_launches, graphs + 10);
  EXPECT_EQ(apart, replayed);
}

TEST_F(CudaNetworkOps, StepsTakeNoMemory) {
  const NetworkCase net = small_network();
  const Source source;
  const auto ops = make_cuda_network_ops({.batch = 4});
  const Tensor in = net.build(*ops);
  ops->set_features(in, source.source());
  train(*ops, net, in, 3);
  const long allocations = cuda_on_cpu::counts().allocations;
  train(*ops, net, in, 3);
  EXPECT_EQ(cuda_on_cpu::counts().allocations, allocations);
}

TEST_F(CudaNetworkOps, TheOrderOfThreadsDoesNotMatter) {
  const Trained want = train_anew(3);
  for (const unsigned seed : {2u, 3u}) {
    cuda_on_cpu::settings().seed = seed;
    cuda_on_cpu::settings().threads = int(seed) - 1;
    cuda_on_cpu::settings().deferred = seed % 2 == 0;
    EXPECT_EQ(train_anew(3), want) << seed;
  }
}

// Fails one call after another of `work`, which makes a network and runs it; how many there are.
template <class Work>
long fail_every_call(const Work& work) {
  for (long call = 0;; ++call) {
    cuda_on_cpu::reset();
    cuda_on_cpu::settings().failing_call = call;
    try {
      work();
      if (!cuda_on_cpu::has_failed()) return call;
      ADD_FAILURE() << "call " << call << " failed and nobody was told";
    } catch (const Error& error) {
      const std::string message = error.what();
      EXPECT_EQ(message.rfind("CUDA: ", 0), 0u) << message;
      EXPECT_NE(message.find("--device cpu does without"), std::string::npos) << message;
      EXPECT_TRUE(cuda_on_cpu::has_failed()) << message;
    }
    EXPECT_EQ(cuda_on_cpu::live(), cuda_on_cpu::Live{}) << "call " << call;
  }
}

TEST_F(CudaNetworkOps, EveryCallThatFailsIsToldAndLeaksNothing) {
  const long calls = fail_every_call([] { train_anew(3); });
  EXPECT_GT(calls, 200);
}

TEST_F(CudaNetworkOps, SaysThatNoDeviceAnswers) {
  cuda_on_cpu::settings().devices = 0;
  try {
    make_cuda_network_ops({.batch = 2});
    ADD_FAILURE() << "made without a device";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUnsupported);
    EXPECT_NE(std::string(error.what()).find("no CUDA-capable device"), std::string::npos) << error.what();
  }
}

TEST_F(CudaNetworkOps, SaysThatMemoryIsShort) {
  cuda_on_cpu::settings().memory = std::size_t{40} << 20;
  const NetworkCase net(64, 1, 128, 130, {convolution(32), mean(), last(3)});
  const auto ops = make_cuda_network_ops({.batch = 64});
  try {
    net.build(*ops);
    ADD_FAILURE() << "fitted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUnsupported);
    EXPECT_NE(std::string(error.what()).find("out of memory"), std::string::npos) << error.what();
  }
}

TEST_F(CudaNetworkOps, RefusesPrecisionsThatAreNotThere) {
  for (const Precision precision : {Precision::kBfloat16, Precision::kFloat16}) {
    try {
      make_cuda_network_ops({.batch = 2, .precision = precision});
      ADD_FAILURE() << "made";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUnsupported);
    }
  }
}

// Parameters, moments and running statistics written on one device go on and predict on the other.
TEST_F(CudaNetworkOps, CheckpointsMoveBetweenDevices) {
  const NetworkCase net = small_network();
  const Source source;
  const Buffer state[] = {Buffer::kParameters, Buffer::kFirstMoments, Buffer::kSecondMoments,
                          Buffer::kAverage};
  const auto cpu = make_network_ops(Device::kCpu, {.batch = 4}), cuda = make_cuda_network_ops({.batch = 4});
  const Tensor cpu_in = net.build(*cpu), cuda_in = net.build(*cuda);
  cpu->set_features(cpu_in, source.source());
  cuda->set_features(cuda_in, source.source());
  const auto expect_same_probabilities = [&] {
    std::vector<float> logits[2] = {std::vector<float>(12), std::vector<float>(12)};
    for (const bool on_cuda : {false, true}) {
      NetworkOps& ops = on_cuda ? *cuda : *cpu;
      ops.gather(on_cuda ? cuda_in : cpu_in, crops_of(7));
      ops.forward(Mode::kEvaluation, 0, 0);
      ops.logits(logits[on_cuda]);
      for (std::size_t n = 0; n < 4; ++n) {
        float* z = logits[on_cuda].data() + n * 3;
        const float sum = std::exp(z[0]) + std::exp(z[1]) + std::exp(z[2]);
        for (int k = 0; k < 3; ++k) z[k] = std::exp(z[k]) / sum;
      }
    }
    for (std::size_t i = 0; i < 12; ++i) ASSERT_NEAR(logits[0][i], logits[1][i], 1e-4);
  };
  train(*cpu, net, cpu_in, 3);
  for (const Buffer which : state) cuda->upload(which, download(*cpu, which, net.parameters.size()));
  expect_same_probabilities();
  train(*cuda, net, cuda_in, 3);
  train(*cpu, net, cpu_in, 3);
  for (const Buffer which : state) cpu->upload(which, download(*cuda, which, net.parameters.size()));
  expect_same_probabilities();
}

}  // namespace
}  // namespace genretrack::testing_nn
