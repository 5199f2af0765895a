// Which devices answer, and with what. See host/backend/cuda_module.h.
#include <cuda_runtime_api.h>

#include <algorithm>
#include <cstdio>

#include "host/backend/cuda_module.h"

namespace genretrack {
namespace {

void list_devices(CudaProbe& probe) {
  int count = 0;
  cudaError_t status = cudaGetDeviceCount(&count);
  for (int i = 0; status == cudaSuccess && i < std::min(count, kMostCudaDevices); ++i) {
    cudaDeviceProp properties;
    status = cudaGetDeviceProperties(&properties, i);
    if (status != cudaSuccess) break;
    CudaDeviceInfo& device = probe.devices[probe.device_count++];
    std::snprintf(device.name, sizeof device.name, "%s", properties.name);
    device.major = properties.major;
    device.minor = properties.minor;
    device.memory_bytes = properties.totalGlobalMem;
  }
  if (status != cudaSuccess) std::snprintf(probe.error, sizeof probe.error, "%s", cudaGetErrorString(status));
}

}  // namespace
}  // namespace genretrack

extern "C" __attribute__((visibility("default"))) void genretrack_cuda_probe(genretrack::CudaProbe* probe) {
  *probe = {};
  probe->module_version = genretrack::kCudaModuleVersion;
  cudaRuntimeGetVersion(&probe->runtime_version);
  cudaDriverGetVersion(&probe->driver_version);
  std::snprintf(probe->architectures, sizeof probe->architectures, "%s", GENRETRACK_CUDA_ARCHITECTURES);
  genretrack::list_devices(*probe);
}
