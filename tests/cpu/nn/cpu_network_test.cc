// What the CPU's networks promise beside what all do: no memory in a step, fast implementations.
#include <atomic>
#include <cstdlib>
#include <new>

#include "host/cpu/nn/cpu_network_ops.h"
#include "tests/cpu/nn/graph_case.h"
#include "tests/cpu/nn/network_case.h"
#include "tests/cpu/nn/time_case.h"

namespace {
std::atomic<std::size_t> allocated_bytes{0};  // by operator new, since it was last set to 0
std::atomic<std::size_t> largest_bytes{0};    // at once
}  // namespace
// Allocators, not deallocators, are counted: oneDNN makes small lists of arguments in every run.
[[gnu::noinline]] void* operator new(std::size_t size) {
  allocated_bytes += size;
  if (size > largest_bytes) largest_bytes = size;
  if (void* p = std::malloc(size)) return p;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept { std::free(p); }

namespace genretrack {
namespace {

using namespace testing_nn;

TEST(CpuNetwork, StepsTakeNoMemory) {
  NetworkCase net(8, 1, 40, 41,
                  {convolution(32), convolution(48), dropout(0.2f), mean(), hidden(64), last(3)});
  const auto ops = make_cpu_network_ops({8, 2});
  const Tensor in = net.build(*ops);
  const std::vector<float> features = Values(2).take(40 * 100), ones(40, 1.0f);
  ops->set_features(in, {features, 40, 100, ones, ones});
  std::vector<Crop> crops(8);
  for (std::size_t i = 0; i < crops.size(); ++i) {
    crops[i].stretch = 1.2f, crops[i].noise = 1, crops[i].time_mask_frames[0] = 5;
    crops[i].partner = static_cast<std::int32_t>(7 - i), crops[i].keep = 0.6f;
  }
  const auto steps = [&](int count) {
    for (int step = 1; step <= count; ++step) {
      ops->gather(in, crops);
      ops->forward(Mode::kTraining, 9, static_cast<std::uint64_t>(step));
      ops->backward();
      ops->update({.max_gradient_norm = 1, .average_keep = 0.9, .step = step});
    }
    ops->loss();
  };
  steps(2);
  allocated_bytes = 0;
  steps(3);
  // oneDNN makes small tables of arguments for each primitive; the smallest map here has 64 KiB.
  EXPECT_LT(allocated_bytes.load(), std::size_t{64} << 10);
}

void take_steps(NetworkOps& ops, int count) {
  for (int step = 1; step <= count; ++step) {
    ops.forward(Mode::kTraining, 9, static_cast<std::uint64_t>(step));
    ops.backward();
    ops.update({.step = step});
  }
  ops.loss();
}

TEST(CpuNetwork, StepsOverTimeTakeNoMemory) {
  const TimeCase net(
      8, 1, 16, 80, 3,
      {convolve(24), fold(), recurrent(Cell::kLstm, 64, 2), drop(0.2f), recurrent(Cell::kGru, 64),
       recurrent(Cell::kRnn, 64), summary(TimeSummary::kAttention)});
  const auto ops = make_cpu_network_ops({8, 2});
  net.build(*ops);
  take_steps(*ops, 2);
  largest_bytes = 0;
  take_steps(*ops, 3);
  // oneDNN makes small tables for each product, and here are thousands; the smallest layer's rows have 80
  // KiB.
  EXPECT_LT(largest_bytes.load(), std::size_t{4} << 10);
}

// So many clips that a few bytes for each of them would be seen.
TEST(CpuNetwork, StepsThroughForksAndJoinsTakeNoMemory) {
  GraphCase net("", 128, 3, [](auto& g) {
    auto [a, past] = g.fork(g.convolution(g.input(0, 1, 8, 9), {.out = 16}));
    auto end = g.convolution(a, {.out = 16, .relu = false});
    auto maps =
        g.concatenate({g.add_relu_pool(end, past, 2, 2), g.convolution(g.input(1, 2, 4, 4), {.out = 7})});
    auto [mixed, seen] = g.fork(g.hidden(g.mean(maps), 13));
    auto [mixed2, seen2] = g.fork(g.hidden(g.input(2, 3, 1, 5), 13));
    auto gate = g.last(g.concatenate({seen, seen2}), 2);
    g.loss(g.last(g.gated_sum(gate, {mixed, mixed2}), 3));
  });
  const auto ops = make_cpu_network_ops({128, 2});
  net.build(*ops);
  take_steps(*ops, 2);
  allocated_bytes = 0;
  take_steps(*ops, 3);
  EXPECT_LT(allocated_bytes.load(), std::size_t{64} << 10);
}

}  // namespace
}  // namespace genretrack
