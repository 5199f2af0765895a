// cuDNN's status codes as our errors, and its handle.
#pragma once

#include <cudnn.h>

#include "cuda/nn/cudnn_handle.h"

namespace genretrack::cuda {

struct Cudnn::Handle {
  cudnnHandle_t cudnn = nullptr;
};

// Throws where `status` is not success. `what` names the work, as in "run a recurrent layer".
void check_cudnn(cudnnStatus_t status, const char* what);

}  // namespace genretrack::cuda
