// CUDA's status codes as our errors: what failed, why, and what to do.
#pragma once

#include <cuda_runtime_api.h>

#include <string>

#include "host/core/error.h"

namespace genretrack {

// The device's memory is too small for what was asked; whoever can ask for less may catch it.
class OutOfDeviceMemory : public Error {
 public:
  explicit OutOfDeviceMemory(const std::string& what);
};

// Throws where `status` is not success. `what` names the work, as in "copy the samples to the device".
void check_cuda(cudaError_t status, const char* what);

}  // namespace genretrack
