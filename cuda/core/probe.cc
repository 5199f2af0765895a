// Which devices answer, and with what. See host/backend/cuda_module.h.
#include <cuda_runtime_api.h>
#include <cufft.h>
#include <dlfcn.h>

#include <algorithm>
#include <cstdio>
#include <cstring>

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

// cuDNN is asked without linking it: transforms do without.
int cudnn_version() {
  void* library = dlopen("libcudnn.so.9", RTLD_LAZY | RTLD_LOCAL);
  if (!library) return 0;
  void* function = dlsym(library, "cudnnGetVersion");
  const int version = function ? static_cast<int>(reinterpret_cast<std::size_t (*)()>(function)()) : 0;
  dlclose(library);
  return version;
}

}  // namespace
}  // namespace genretrack

extern "C" __attribute__((visibility("default"))) void genretrack_cuda_probe(genretrack::CudaProbe* result,
                                                                             std::uint64_t size) {
  genretrack::CudaProbe probe{};
  probe.module_version = genretrack::kCudaModuleVersion;
  cudaRuntimeGetVersion(&probe.runtime_version);
  cudaDriverGetVersion(&probe.driver_version);
  std::snprintf(probe.program_version, sizeof probe.program_version, "%s", GENRETRACK_VERSION);
  probe.params_size = sizeof(genretrack::FeatureParams);
  std::snprintf(probe.architectures, sizeof probe.architectures, "%s", GENRETRACK_CUDA_ARCHITECTURES);
  genretrack::list_devices(probe);
  std::memcpy(result, &probe, std::min<std::uint64_t>(size, sizeof probe));
}

extern "C" __attribute__((visibility("default"))) void genretrack_cuda_libraries(
    genretrack::CudaLibraries* libraries) {
  *libraries = {};
  cufftGetVersion(&libraries->cufft_version);
  libraries->cudnn_version = genretrack::cudnn_version();
}
