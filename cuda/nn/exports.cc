// The networks' side of host/backend/cuda_module.h.
#include "cuda/nn/cuda_network_ops.h"
#include "host/backend/cuda_module.h"

extern "C" __attribute__((visibility("default"))) genretrack::NetworkOps* genretrack_cuda_make_network_ops(
    const genretrack::NetworkOptions* options) {
  return genretrack::make_cuda_network_ops(*options).release();
}
