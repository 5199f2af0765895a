// What the stand-ins of cuda/nn/cudnn_*.cc share.
#pragma once

#include <cstddef>
#include <functional>
#include <initializer_list>

#include "cuda/nn/cudnn_handle.h"
#include "tests/cuda_on_cpu/state.h"

namespace genretrack::cuda {

struct Cudnn::Handle {
  cudaStream_t stream;
};

// Counts as a call that can fail; throws what cudnn_handle.cc throws where it is to.
void cudnn_call(const char* what);

// Queues work that reads and writes device memory; a Fault where a pointer is none of the device's.
struct Touched {
  const void* pointer;
  std::size_t floats;
};
void cudnn_queue(const Cudnn::Handle& handle, const char* what, std::initializer_list<Touched> touched,
                 std::function<void()> work);

}  // namespace genretrack::cuda
