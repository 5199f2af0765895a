// cuDNN's handle. The files cudnn_*.cc alone know cuDNN; in tests without a GPU, tests/cuda_on_cpu/cudnn
// stands for them.
#pragma once

#include <cuda_runtime_api.h>

#include <memory>
#include <string>

namespace genretrack::cuda {

class Cudnn {
 public:
  // Queues in `stream`. Throws Error(kUnsupported) where cuDNN finds nothing to run on.
  explicit Cudnn(cudaStream_t stream);
  ~Cudnn();
  Cudnn(const Cudnn&) = delete;
  Cudnn& operator=(const Cudnn&) = delete;

  struct Handle;  // cuDNN's own, for cudnn_*.cc
  Handle& handle() const { return *handle_; }

 private:
  std::unique_ptr<Handle> handle_;
};

}  // namespace genretrack::cuda
