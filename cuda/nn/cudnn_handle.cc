#include "cuda/nn/cudnn_handle.h"

#include "cuda/core/error.h"
#include "cuda/nn/cudnn_check.h"

namespace genretrack::cuda {

void check_cudnn(cudnnStatus_t status, const char* what) {
  if (status == CUDNN_STATUS_SUCCESS) return;
  char reason[512] = "";
  cudnnGetLastErrorString(reason, sizeof reason);
  cudaGetLastError();
  if (status == CUDNN_STATUS_ALLOC_FAILED) throw OutOfDeviceMemory(what);
  const std::string message = std::string("CUDA: cuDNN cannot ") + what + ": " + cudnnGetErrorString(status) +
                              (reason[0] ? std::string(" (") + reason + ")" : "");
  const bool unsupported = status / 1000 == CUDNN_STATUS_NOT_SUPPORTED / 1000 ||
                           status / 1000 == CUDNN_STATUS_NOT_INITIALIZED / 1000;
  throw Error(unsupported ? ErrorKind::kUnsupported : ErrorKind::kFailure,
              message + ": run the command again; where that fails the same way, --device cpu does without");
}

Cudnn::Cudnn(cudaStream_t stream) : handle_(std::make_unique<Handle>()) {
  check_cudnn(cudnnCreate(&handle_->cudnn), "begin");
  const cudnnStatus_t status = cudnnSetStream(handle_->cudnn, stream);
  if (status == CUDNN_STATUS_SUCCESS) return;
  cudnnDestroy(handle_->cudnn);
  check_cudnn(status, "use a stream");
}

Cudnn::~Cudnn() { cudnnDestroy(handle_->cudnn); }

}  // namespace genretrack::cuda
