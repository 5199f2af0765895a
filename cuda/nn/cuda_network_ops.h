// The CUDA implementation of NetworkOps: convolutions and recurrent layers by cuDNN, products by cuBLAS, the
// rest in kernels of our own; maps have their channels last. Everything is queued in one stream, a training
// step as one captured graph; the host waits only where it reads.
#pragma once

#include <memory>

#include "host/backend/network_ops.h"

namespace genretrack {

// On the first device. Throws Error(kFailure) where the batch is below 1, Error(kUnsupported) where no device
// answers, and for a precision that is not there yet.
std::unique_ptr<NetworkOps> make_cuda_network_ops(const NetworkOptions& options);

}  // namespace genretrack
