// The emulation itself: kernels that are right give what CUDA would give, and planted faults are found.
#include "tests/cuda_on_cpu/machine.h"

#include <cuda_runtime.h>
#include <gtest/gtest.h>

#include <numeric>
#include <string>
#include <vector>

namespace cuda_on_cpu {
namespace {

constexpr unsigned kBlock = 128;
constexpr unsigned kAll = ~0u;

template <class T>
T* shared_array() {
  return static_cast<T*>(this_block().shared_memory());
}

// Runs a kernel in a stream and waits for it.
template <class... P, class... A>
void run(void (*kernel)(P...), unsigned blocks, unsigned threads, std::size_t shared, A... arguments) {
  cudaStream_t stream;
  ASSERT_EQ(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), cudaSuccess);
  struct Destroy {
    cudaStream_t stream;
    ~Destroy() { cudaStreamDestroy(stream); }
  } destroy{stream};
  cudaLaunchConfig_t config;
  config.gridDim = dim3(blocks);
  config.blockDim = dim3(threads);
  config.dynamicSmemBytes = shared;
  config.stream = stream;
  ASSERT_EQ(cudaLaunchKernelEx(&config, kernel, arguments...), cudaSuccess);
  ASSERT_EQ(cudaStreamSynchronize(stream), cudaSuccess);
}

// What the emulation says of a kernel; the device answers again afterwards.
template <class... P, class... A>
std::string fault_of(void (*kernel)(P...), unsigned threads, A... arguments) {
  std::string message = "no fault";
  try {
    run(kernel, 2, threads, kBlock * sizeof(int), arguments...);
  } catch (const Fault& fault) {
    message = fault.what();
  }
  const int cpu_threads = settings().threads;
  reset();
  settings().threads = cpu_threads;
  return message;
}

template <class T>
struct OnDevice {
  explicit OnDevice(const std::vector<T>& values) : size(values.size()) {
    EXPECT_EQ(cudaMalloc(reinterpret_cast<void**>(&data), size * sizeof(T)), cudaSuccess);
    EXPECT_EQ(cudaMemcpy(data, values.data(), size * sizeof(T), cudaMemcpyHostToDevice), cudaSuccess);
  }
  ~OnDevice() { EXPECT_EQ(cudaFree(data), cudaSuccess); }
  std::vector<T> values() const {
    std::vector<T> result(size);
    EXPECT_EQ(cudaMemcpy(result.data(), data, size * sizeof(T), cudaMemcpyDeviceToHost), cudaSuccess);
    return result;
  }
  T* data = nullptr;
  std::size_t size;
};

std::vector<int> counted(std::size_t count) {
  std::vector<int> values(count);
  std::iota(values.begin(), values.end(), 0);
  return values;
}

// Turns each block's values around; `with_barrier` false plants the fault.
__global__ void reverse(int* x, bool with_barrier) {
  int* held = shared_array<int>();
  int* mine = x + blockIdx.x * blockDim.x;
  held[threadIdx.x] = mine[threadIdx.x];
  if (with_barrier) __syncthreads();
  mine[threadIdx.x] = held[blockDim.x - 1 - threadIdx.x];
}

__global__ void sum_of_warp(int* x) {
  int v = x[threadIdx.x];
  for (int m = 16; m > 0; m /= 2) v += __shfl_xor_sync(kAll, v, m);
  x[threadIdx.x] = v;
}

__global__ void shift_in_warp(int* up, int* down, int* first) {
  const int t = int(threadIdx.x);
  up[t] = __shfl_up_sync(kAll, t, 3);
  down[t] = __shfl_down_sync(kAll, t, 3);
  first[t] = __shfl_sync(kAll, t, 5);
}

__global__ void vote(unsigned* votes) {
  votes[threadIdx.x] = __ballot_sync(kAll, threadIdx.x % 3 == 0);
  if (__any_sync(kAll, threadIdx.x == 70) != (threadIdx.x / 32 == 2)) votes[threadIdx.x] = 0;
  if (__all_sync(kAll, threadIdx.x < 64) != (threadIdx.x < 64)) votes[threadIdx.x] = 0;
}

__global__ void count_all(int* sum, float* float_sum, int* largest, unsigned* smallest) {
  atomicAdd(sum, 1);
  atomicAdd(float_sum, 0.5f);
  atomicMax(largest, int(blockIdx.x * blockDim.x + threadIdx.x));
  atomicMin(smallest, 1000 - blockIdx.x);
}

__global__ void write_at(int* x, long place) { x[place] = 1; }
__global__ void write_shared_at(long place) { shared_array<int>()[place] = 1; }
__global__ void half_waits() {
  if (threadIdx.x < 64) __syncthreads();
}
__global__ void waits_in_two_places() {
  if (threadIdx.x < 64)
    __syncthreads();
  else
    __syncthreads();
}
__global__ void half_a_warp_shuffles(int* x) {
  if (threadIdx.x % 32 < 16) x[0] = __shfl_xor_sync(kAll, 1, 1);
}
__global__ void shuffle_all(int* x) { x[threadIdx.x] = __shfl_down_sync(kAll, 1, 1); }
__global__ void static_shared(int* x) {
  __shared__ int total;
  if (threadIdx.x == 0) total = 0;
  __syncthreads();
  atomicAdd(&total, 1);
  __syncthreads();
  x[blockIdx.x] = total;
}
__global__ void places(int* x) {
  const unsigned block = blockIdx.x + gridDim.x * (blockIdx.y + gridDim.y * blockIdx.z);
  const unsigned thread = threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z);
  atomicAdd(x + block * blockDim.x * blockDim.y * blockDim.z + thread, 1);
}

class Machine : public ::testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    reset();
    settings().threads = GetParam();
  }
  void TearDown() override {
    reset();
    EXPECT_EQ(live(), Live{});
  }
};

TEST_P(Machine, BarriersOrderSharedMemory) {
  OnDevice x(counted(4 * kBlock));
  run(reverse, 4, kBlock, kBlock * sizeof(int), x.data, true);
  const auto found = x.values();
  for (int i = 0; i < int(found.size()); ++i)
    EXPECT_EQ(found[std::size_t(i)], i / int(kBlock) * int(kBlock) + int(kBlock) - 1 - i % int(kBlock));
}

TEST_P(Machine, AMissingBarrierGivesAWrongResult) {
  for (unsigned seed : {1u, 2u, 3u}) {
    settings().seed = seed;
    OnDevice x(counted(kBlock));
    run(reverse, 1, kBlock, kBlock * sizeof(int), x.data, false);
    auto expected = counted(kBlock);
    std::reverse(expected.begin(), expected.end());
    EXPECT_NE(x.values(), expected) << "seed " << seed;
  }
}

TEST_P(Machine, ShufflesMoveValuesInsideAWarp) {
  OnDevice x(counted(64)), up(counted(64)), down(counted(64)), first(counted(64));
  run(sum_of_warp, 1, 64, 0, x.data);
  run(shift_in_warp, 1, 64, 0, up.data, down.data, first.data);
  const auto sums = x.values(), ups = up.values(), downs = down.values(), firsts = first.values();
  for (int i = 0; i < 64; ++i) {
    const auto at = std::size_t(i);
    EXPECT_EQ(sums[at], i < 32 ? 496 : 496 + 32 * 32);
    EXPECT_EQ(ups[at], i % 32 < 3 ? i : i - 3);
    EXPECT_EQ(downs[at], i % 32 > 28 ? i : i + 3);
    EXPECT_EQ(firsts[at], i / 32 * 32 + 5);
  }
}

TEST_P(Machine, VotesCountAWarp) {
  OnDevice votes(std::vector<unsigned>(96));
  run(vote, 1, 96, 0, votes.data);
  const auto found = votes.values();
  for (unsigned i = 0; i < 96; ++i)
    for (unsigned lane = 0; lane < 32; ++lane)
      EXPECT_EQ(found[i] >> lane & 1, (i / 32 * 32 + lane) % 3 == 0) << i << " " << lane;
}

TEST_P(Machine, AtomicsCountEveryThread) {
  OnDevice sum(std::vector{0}), largest(std::vector{-1});
  OnDevice float_sum(std::vector{0.f});
  OnDevice smallest(std::vector{4000u});
  run(count_all, 50, kBlock, 0, sum.data, float_sum.data, largest.data, smallest.data);
  EXPECT_EQ(sum.values()[0], 6400);
  EXPECT_EQ(float_sum.values()[0], 3200.f);
  EXPECT_EQ(largest.values()[0], 6399);
  EXPECT_EQ(smallest.values()[0], 951u);
}

TEST_P(Machine, StaticSharedMemoryIsTheBlocks) {
  OnDevice x(std::vector<int>(20));
  run(static_shared, 20, 96, 0, x.data);
  EXPECT_EQ(x.values(), std::vector<int>(20, 96));
}

TEST_P(Machine, EveryPlaceOfAGridRunsOnce) {
  OnDevice x(std::vector<int>(3 * 4 * 5 * 2 * 3 * 4));
  cudaLaunchConfig_t config;
  config.gridDim = dim3(3, 4, 5);
  config.blockDim = dim3(2, 3, 4);
  ASSERT_EQ(cudaLaunchKernelEx(&config, places, x.data), cudaSuccess);
  ASSERT_EQ(cudaStreamSynchronize(nullptr), cudaSuccess);
  EXPECT_EQ(x.values(), std::vector<int>(x.size, 1));
}

TEST_P(Machine, FindsWritesAroundAnAllocation) {
  for (long place : {-1L, 100L, 128L, -50L}) {
    OnDevice x(counted(100));
    const std::string fault = fault_of(write_at, 1, x.data, place);
    EXPECT_NE(fault.find(place < 0 ? "in front of" : "behind the end of"), std::string::npos) << fault;
    EXPECT_NE(fault.find("400 bytes"), std::string::npos) << fault;
    EXPECT_THROW(cudaFree(std::exchange(x.data, nullptr)), Fault) << "freeing looks again";
  }
}

TEST_P(Machine, FindsWritesAroundSharedMemory) {
  for (long place : {-1L, long(kBlock)})
    EXPECT_NE(fault_of(write_shared_at, 1, place).find("dynamic shared memory"), std::string::npos);
}

TEST_P(Machine, FindsBarriersThatNotAllReach) {
  const std::string half = fault_of(half_waits, kBlock), two = fault_of(waits_in_two_places, kBlock);
  EXPECT_NE(half.find("a barrier is not reached by all threads"), std::string::npos) << half;
  EXPECT_NE(half.find("machine_test.cc:"), std::string::npos) << half;
  EXPECT_NE(half.find("has ended"), std::string::npos) << half;
  EXPECT_NE(two.find("waits at"), std::string::npos) << two;
  EXPECT_EQ(two.find("has ended"), std::string::npos) << two;
  OnDevice x(counted(1));
  const std::string warp = fault_of(half_a_warp_shuffles, kBlock, x.data);
  EXPECT_NE(warp.find("a barrier is not reached"), std::string::npos) << warp;
}

TEST_P(Machine, FindsShufflesPastTheBlocksEnd) {
  OnDevice x(counted(48));
  const std::string fault = fault_of(shuffle_all, 48, x.data);
  EXPECT_NE(fault.find("past the block's end"), std::string::npos) << fault;
}

INSTANTIATE_TEST_SUITE_P(Threads, Machine, ::testing::Values(1, 3));

}  // namespace
}  // namespace cuda_on_cpu
