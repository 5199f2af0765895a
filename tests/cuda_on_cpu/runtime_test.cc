// The emulated runtime: streams that wait, events, copies that are checked, errors on demand, cuFFT.
#include <cuda_runtime.h>
#include <cufft.h>
#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <numbers>
#include <vector>

#include "tests/cuda_on_cpu/machine.h"

namespace cuda_on_cpu {
namespace {

__global__ void add_one(int* x) { *x += 1; }
__global__ void twice(int* x) { *x *= 2; }

cudaError_t start(void (*kernel)(int*), int* x, cudaStream_t stream, std::size_t shared = 0) {
  cudaLaunchConfig_t config;
  config.stream = stream;
  config.dynamicSmemBytes = shared;
  return cudaLaunchKernelEx(&config, kernel, x);
}

class Runtime : public ::testing::Test {
 protected:
  void SetUp() override {
    reset();
    ASSERT_EQ(cudaMalloc(reinterpret_cast<void**>(&x_), sizeof *x_), cudaSuccess);
    for (cudaStream_t& stream : streams_) ASSERT_EQ(cudaStreamCreateWithFlags(&stream, 0), cudaSuccess);
    ASSERT_EQ(cudaEventCreateWithFlags(&event_, 0), cudaSuccess);
    put(1);
  }
  void TearDown() override {
    reset();
    cudaFree(x_);
    for (cudaStream_t stream : streams_) cudaStreamDestroy(stream);
    cudaEventDestroy(event_);
    EXPECT_EQ(live(), Live{});
  }
  void put(int value) {
    ASSERT_EQ(cudaMemcpy(x_, &value, sizeof value, cudaMemcpyHostToDevice), cudaSuccess);
  }
  int get() {
    int value = 0;
    EXPECT_EQ(cudaMemcpy(&value, x_, sizeof value, cudaMemcpyDeviceToHost), cudaSuccess);
    return value;
  }
  int* x_ = nullptr;
  cudaStream_t streams_[2] = {};
  cudaEvent_t event_ = nullptr;
};

TEST_F(Runtime, WorkOfAStreamWaitsUntilSomebodyWaitsForIt) {
  int seen = 0;
  ASSERT_EQ(start(add_one, x_, streams_[0]), cudaSuccess);
  ASSERT_EQ(cudaMemcpyAsync(&seen, x_, sizeof seen, cudaMemcpyDeviceToHost, streams_[0]), cudaSuccess);
  EXPECT_EQ(seen, 0);
  ASSERT_EQ(cudaStreamSynchronize(streams_[1]), cudaSuccess);
  EXPECT_EQ(seen, 0) << "another stream's end says nothing";
  ASSERT_EQ(cudaStreamSynchronize(streams_[0]), cudaSuccess);
  EXPECT_EQ(seen, 2);
}

TEST_F(Runtime, AnEventOrdersTwoStreams) {
  ASSERT_EQ(start(add_one, x_, streams_[0]), cudaSuccess);
  ASSERT_EQ(cudaEventRecord(event_, streams_[0]), cudaSuccess);
  ASSERT_EQ(start(add_one, x_, streams_[0]), cudaSuccess);
  ASSERT_EQ(cudaStreamWaitEvent(streams_[1], event_, 0), cudaSuccess);
  ASSERT_EQ(start(twice, x_, streams_[1]), cudaSuccess);
  ASSERT_EQ(cudaStreamSynchronize(streams_[1]), cudaSuccess);
  ASSERT_EQ(cudaStreamSynchronize(streams_[0]), cudaSuccess);
  EXPECT_EQ(get(), 5);
}

TEST_F(Runtime, AMissingEventGivesAWrongResult) {
  ASSERT_EQ(start(add_one, x_, streams_[0]), cudaSuccess);
  ASSERT_EQ(start(twice, x_, streams_[1]), cudaSuccess);
  ASSERT_EQ(cudaStreamSynchronize(streams_[1]), cudaSuccess);
  EXPECT_EQ(get(), 3) << "(1 + 1) * 2 was wanted";
}

TEST_F(Runtime, AnEventWaitsForItsLastRecordOnly) {
  ASSERT_EQ(start(add_one, x_, streams_[0]), cudaSuccess);
  ASSERT_EQ(cudaEventRecord(event_, streams_[0]), cudaSuccess);
  ASSERT_EQ(start(twice, x_, streams_[0]), cudaSuccess);
  int seen = 0;
  ASSERT_EQ(cudaEventSynchronize(event_), cudaSuccess);
  ASSERT_EQ(cudaMemcpyAsync(&seen, x_, sizeof seen, cudaMemcpyDeviceToHost, streams_[1]), cudaSuccess);
  ASSERT_EQ(cudaStreamSynchronize(streams_[1]), cudaSuccess);
  EXPECT_EQ(seen, 2);
}

TEST_F(Runtime, CopiesOfTheWrongKindOrSizeAreRefused) {
  int host[2] = {};
  EXPECT_EQ(cudaMemcpy(x_, host, 2 * sizeof(int), cudaMemcpyHostToDevice), cudaErrorInvalidValue);
  EXPECT_EQ(cudaMemcpy(x_, host, sizeof(int), cudaMemcpyDeviceToHost), cudaErrorInvalidValue);
  EXPECT_EQ(cudaMemcpy(host, host + 1, sizeof(int), cudaMemcpyHostToDevice), cudaErrorInvalidValue);
  EXPECT_EQ(cudaGetLastError(), cudaErrorInvalidValue);
  EXPECT_EQ(cudaGetLastError(), cudaSuccess);
}

TEST_F(Runtime, LargeSharedMemoryMustBeAskedFor) {
  EXPECT_EQ(start(add_one, x_, nullptr, 50 << 10), cudaErrorInvalidConfiguration);
  EXPECT_EQ(cudaFuncSetAttribute(add_one, cudaFuncAttributeMaxDynamicSharedMemorySize, 50 << 10),
            cudaSuccess);
  EXPECT_EQ(start(add_one, x_, nullptr, 50 << 10), cudaSuccess);
  EXPECT_EQ(cudaFuncSetAttribute(add_one, cudaFuncAttributeMaxDynamicSharedMemorySize, 228 << 10),
            cudaErrorInvalidValue);
}

TEST_F(Runtime, AllocationsEndWithTheDevicesMemory) {
  settings().memory = 1000;
  void* pointer = x_;
  EXPECT_EQ(cudaMalloc(&pointer, 997), cudaErrorMemoryAllocation);
  EXPECT_EQ(pointer, nullptr);
  EXPECT_EQ(cudaMalloc(&pointer, 996), cudaSuccess);
  EXPECT_EQ(cudaFree(pointer), cudaSuccess);
}

TEST_F(Runtime, FreshMemoryHoldsNoNumbers) {
  float value = 0;
  EXPECT_EQ(cudaMemcpy(&value, x_, sizeof value, cudaMemcpyDeviceToHost), cudaSuccess);
  void* fresh = nullptr;
  EXPECT_EQ(cudaMalloc(&fresh, sizeof value), cudaSuccess);
  EXPECT_EQ(cudaMemcpy(&value, fresh, sizeof value, cudaMemcpyDeviceToHost), cudaSuccess);
  EXPECT_TRUE(std::isnan(value));
  EXPECT_EQ(cudaFree(fresh), cudaSuccess);
}

TEST_F(Runtime, TheCallThatIsAskedForFails) {
  settings().failing_call = 1;
  void* pointer = nullptr;
  EXPECT_EQ(cudaMalloc(&pointer, 8), cudaSuccess);
  EXPECT_FALSE(has_failed());
  EXPECT_EQ(cudaMemsetAsync(pointer, 0, 8, nullptr), cudaErrorInvalidValue);
  EXPECT_TRUE(has_failed());
  EXPECT_EQ(cudaMemsetAsync(pointer, 0, 8, nullptr), cudaSuccess);
  EXPECT_EQ(cudaFree(pointer), cudaSuccess);
}

TEST_F(Runtime, AKernelThatFailsBreaksTheDevice) {
  settings().failing_call = 1;  // a launch can fail twice: when it is asked for, and in time
  EXPECT_EQ(start(add_one, x_, streams_[0]), cudaSuccess);
  EXPECT_EQ(cudaStreamSynchronize(streams_[0]), cudaErrorLaunchFailure);
  EXPECT_EQ(cudaStreamSynchronize(streams_[1]), cudaErrorLaunchFailure);
  EXPECT_EQ(start(add_one, x_, streams_[0]), cudaErrorLaunchFailure);
}

TEST_F(Runtime, FreeingWhatIsNotThereIsAFault) {
  int on_the_host = 0;
  EXPECT_THROW(cudaFree(&on_the_host), Fault);
  EXPECT_THROW(cudaFreeHost(x_), Fault);
}

struct Layout {
  int n, input_stride, input_distance, output_stride, output_distance, batch;
};

class FastFourier : public ::testing::TestWithParam<Layout> {};

TEST_P(FastFourier, FollowsStridesDistancesAndOverlap) {
  reset();
  const Layout l = GetParam();
  const int bins = l.n / 2 + 1;
  std::vector<float> input(std::size_t((l.batch - 1) * l.input_distance + (l.n - 1) * l.input_stride + 1));
  for (std::size_t i = 0; i < input.size(); ++i) input[i] = float(int(i * 7919 % 101) - 50) / 50;
  std::vector<cufftComplex> output(
      std::size_t((l.batch - 1) * l.output_distance + (bins - 1) * l.output_stride + 1));
  float* in = nullptr;
  cufftComplex* out = nullptr;
  ASSERT_EQ(cudaMalloc(reinterpret_cast<void**>(&in), input.size() * sizeof *in), cudaSuccess);
  ASSERT_EQ(cudaMalloc(reinterpret_cast<void**>(&out), output.size() * sizeof *out), cudaSuccess);
  ASSERT_EQ(cudaMemcpy(in, input.data(), input.size() * sizeof *in, cudaMemcpyHostToDevice), cudaSuccess);
  cufftHandle plan;
  int n[] = {l.n}, embed[] = {l.n};
  ASSERT_EQ(cufftPlanMany(&plan, 1, n, embed, l.input_stride, l.input_distance, embed, l.output_stride,
                          l.output_distance, CUFFT_R2C, l.batch),
            CUFFT_SUCCESS);
  ASSERT_EQ(cufftExecR2C(plan, in, out), CUFFT_SUCCESS);
  ASSERT_EQ(cudaMemcpy(output.data(), out, output.size() * sizeof *out, cudaMemcpyDeviceToHost), cudaSuccess);
  EXPECT_EQ(cufftExecR2C(plan, in + 1, out), CUFFT_INVALID_VALUE) << "reads behind the end";
  EXPECT_EQ(cufftDestroy(plan), CUFFT_SUCCESS);
  for (int b = 0; b < l.batch; ++b)
    for (int k = 0; k < bins; ++k) {
      std::complex<double> sum;
      for (int i = 0; i < l.n; ++i)
        sum += double(input[std::size_t(b * l.input_distance + i * l.input_stride)]) *
               std::polar(1.0, -2 * std::numbers::pi * i * k / l.n);
      const cufftComplex found = output[std::size_t(b * l.output_distance + k * l.output_stride)];
      ASSERT_NEAR(found.x, sum.real(), 1e-5) << b << " " << k;
      ASSERT_NEAR(found.y, sum.imag(), 1e-5) << b << " " << k;
    }
  EXPECT_EQ(cudaFree(in), cudaSuccess);
  EXPECT_EQ(cudaFree(out), cudaSuccess);
  EXPECT_EQ(live(), Live{});
}

INSTANTIATE_TEST_SUITE_P(Layouts, FastFourier,
                         ::testing::Values(Layout{16, 1, 5, 1, 9, 6}, Layout{64, 2, 3, 3, 1, 3},
                                           Layout{12, 1, 12, 1, 7, 2}, Layout{1, 1, 1, 1, 1, 4}));

}  // namespace
}  // namespace cuda_on_cpu
