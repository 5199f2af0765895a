// How kernels are launched. In tests, g++ compiles this and the kernels against tests/cuda_on_cpu.
#pragma once

#include <cuda_runtime.h>

#include <cstddef>

#include "cuda/core/error.h"

// In front of a loop whose arrays are to live in registers.
#ifdef GENRETRACK_CUDA_ON_CPU
#define GENRETRACK_UNROLL_CUDA
#else
#define GENRETRACK_UNROLL_CUDA _Pragma("unroll")
#endif

namespace genretrack {

inline constexpr int kWarp = 32;
inline constexpr unsigned kAllLanes = ~0u;

struct LaunchShape {
  dim3 grid, block;
  std::size_t shared_bytes = 0;
  cudaStream_t stream = nullptr;
  const char* what = "run a kernel";  // for the message where it fails
};

// Throws where the launch is refused; a kernel that fails while it runs is reported by whoever waits for it.
template <class... Parameters, class... Arguments>
void launch(void (*kernel)(Parameters...), const LaunchShape& shape, Arguments&&... arguments) {
  constexpr std::size_t kWithoutAsking = 48 << 10;
  if (shape.shared_bytes > kWithoutAsking)
    check_cuda(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                    static_cast<int>(shape.shared_bytes)),
               shape.what);
  cudaLaunchConfig_t config{};
  config.gridDim = shape.grid;
  config.blockDim = shape.block;
  config.dynamicSmemBytes = shape.shared_bytes;
  config.stream = shape.stream;
  check_cuda(cudaLaunchKernelEx(&config, kernel, static_cast<Parameters>(arguments)...), shape.what);
}

// The block's memory of LaunchShape::shared_bytes.
template <class T>
__device__ inline T* dynamic_shared() {
#ifdef GENRETRACK_CUDA_ON_CPU
  return static_cast<T*>(cuda_on_cpu::this_block().shared_memory());
#else
  extern __shared__ __align__(16) unsigned char shared_bytes_of_block[];
  return reinterpret_cast<T*>(shared_bytes_of_block);
#endif
}

}  // namespace genretrack
