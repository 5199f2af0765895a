// The networks' side of host/backend/cuda_module.h.
#include <cstring>

#include "cuda/nn/cuda_network_ops.h"
#include "host/backend/cuda_module.h"

extern "C" __attribute__((visibility("default"))) int genretrack_cuda_networks_belong(
    int module_version, const char* program_version, std::uint64_t options_size) {
  return module_version == genretrack::kCudaModuleVersion &&
         std::strcmp(program_version, GENRETRACK_VERSION) == 0 &&
         options_size == sizeof(genretrack::NetworkOptions);
}

extern "C" __attribute__((visibility("default"))) genretrack::NetworkOps* genretrack_cuda_make_network_ops(
    const genretrack::NetworkOptions* options) {
  return genretrack::make_cuda_network_ops(*options).release();
}
