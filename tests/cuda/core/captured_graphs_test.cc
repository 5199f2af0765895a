// Captured work and products on the emulated device: what they mean there is what they mean on a real one.
#include <cublas_v2.h>
#include <gtest/gtest.h>

#include <vector>

#include "cuda/core/handles.h"
#include "cuda/core/launch.cuh"
#include "tests/cuda_on_cpu/machine.h"

namespace genretrack {
namespace {

class Graphs : public ::testing::Test {
 protected:
  void SetUp() override { cuda_on_cpu::reset(); }
  void TearDown() override {
    cuda_on_cpu::reset();
    EXPECT_EQ(cuda_on_cpu::live(), cuda_on_cpu::Live{});
  }
};

__global__ void add_kernel(int* to, int by) { *to += by; }

int value_of(const DeviceArray<int>& place) {
  int value = 0;
  check_cuda(cudaMemcpy(&value, place.data(), sizeof value, cudaMemcpyDeviceToHost), "read");
  return value;
}

TEST_F(Graphs, CapturedWorkIsDoneWhenItIsLaunchedWithTheArgumentsItHad) {
  const DeviceArray<int> place = to_device(std::vector<int>{0});
  const Stream stream;
  int by = 3;
  check_cuda(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal), "capture");
  launch(add_kernel, {dim3(1), dim3(1), 0, stream}, place.data(), by);
  cudaGraph_t graph = nullptr;
  check_cuda(cudaStreamEndCapture(stream, &graph), "capture");
  by = 100;
  stream.synchronize("wait");
  EXPECT_EQ(value_of(place), 0);
  cudaGraphExec_t instance = nullptr;
  check_cuda(cudaGraphInstantiate(&instance, graph, 0), "prepare");
  check_cuda(cudaGraphDestroy(graph), "end");
  for (int i = 0; i < 2; ++i) check_cuda(cudaGraphLaunch(instance, stream), "launch");
  stream.synchronize("wait");
  EXPECT_EQ(value_of(place), 6);
  cudaGraphExecDestroy(instance);
}

TEST_F(Graphs, ACaptureRefusesWhatWaitsOrAllocates) {
  const Stream stream;
  check_cuda(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal), "capture");
  void* memory = nullptr;
  EXPECT_EQ(cudaMalloc(&memory, 16), cudaErrorStreamCaptureUnsupported);
  EXPECT_EQ(cudaHostAlloc(&memory, 16, 0), cudaErrorStreamCaptureUnsupported);
  EXPECT_EQ(cudaStreamSynchronize(stream), cudaErrorStreamCaptureUnsupported);
  EXPECT_EQ(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal), cudaErrorInvalidValue);
  cudaGraph_t graph = nullptr;
  EXPECT_EQ(cudaStreamEndCapture(stream, &graph), cudaSuccess);
  EXPECT_EQ(cudaGraphDestroy(graph), cudaSuccess);
  EXPECT_EQ(cudaStreamEndCapture(stream, &graph), cudaErrorInvalidValue);
  EXPECT_EQ(cudaMalloc(&memory, 16), cudaSuccess);
  cudaFree(memory);
}

TEST_F(Graphs, AStreamMayEndWhileItCaptures) {
  const DeviceArray<int> place(1);
  {
    const Stream stream;
    check_cuda(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal), "capture");
    launch(add_kernel, {dim3(1), dim3(1), 0, stream}, place.data(), 1);
  }
  void* memory = nullptr;
  EXPECT_EQ(cudaMalloc(&memory, 16), cudaSuccess);
  cudaFree(memory);
}

// a (2 x 3) and b (3 x 2), columns first, as they are and turned.
TEST_F(Graphs, ProductsReadColumnsFirst) {
  const DeviceArray<float> a = to_device(std::vector<float>{1, 4, 2, 5, 3, 6}),
                           b = to_device(std::vector<float>{7, 8, 9, 10, 11, 12}), c(4), space(64);
  const float one = 1, zero = 0;
  cublasHandle_t handle = nullptr;
  ASSERT_EQ(cublasCreate(&handle), CUBLAS_STATUS_SUCCESS);
  const auto product = [&](cublasOperation_t a_turn, int a_rows, cublasOperation_t b_turn, int b_rows, int m,
                           int n, int k) {
    return cublasGemmEx(handle, a_turn, b_turn, m, n, k, &one, a.data(), CUDA_R_32F, a_rows, b.data(),
                        CUDA_R_32F, b_rows, &zero, c.data(), CUDA_R_32F, m, CUBLAS_COMPUTE_32F,
                        CUBLAS_GEMM_DEFAULT);
  };
  EXPECT_EQ(product(CUBLAS_OP_N, 2, CUBLAS_OP_N, 3, 2, 2, 3), CUBLAS_STATUS_INVALID_VALUE);  // no workspace
  ASSERT_EQ(cublasSetWorkspace(handle, space.data(), space.bytes()), CUBLAS_STATUS_SUCCESS);
  const auto values = [&] {
    std::vector<float> host(4);
    check_cuda(cudaMemcpy(host.data(), c.data(), c.bytes(), cudaMemcpyDeviceToHost), "read");
    return host;
  };
  ASSERT_EQ(product(CUBLAS_OP_N, 2, CUBLAS_OP_N, 3, 2, 2, 3), CUBLAS_STATUS_SUCCESS);
  EXPECT_EQ(values(), (std::vector<float>{50, 122, 68, 167}));
  // The same memory as a (3 x 2) and b (2 x 3), both turned.
  ASSERT_EQ(product(CUBLAS_OP_T, 3, CUBLAS_OP_T, 2, 2, 2, 3), CUBLAS_STATUS_SUCCESS);
  EXPECT_EQ(values(), (std::vector<float>{7 + 36 + 22, 35 + 27 + 66, 8 + 40 + 24, 40 + 30 + 72}));
  EXPECT_EQ(product(CUBLAS_OP_N, 1, CUBLAS_OP_N, 3, 2, 2, 3), CUBLAS_STATUS_INVALID_VALUE);  // short columns
  cublasDestroy(handle);
}

}  // namespace
}  // namespace genretrack
