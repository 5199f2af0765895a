#include "cuda/core/device.h"

#include "cuda/core/error.h"

namespace genretrack {

std::string use_first_device() {
  int count = 0;
  check_cuda(cudaGetDeviceCount(&count), "find a device");
  check_cuda(cudaSetDevice(0), "use the first device");
  cudaDeviceProp properties{};
  check_cuda(cudaGetDeviceProperties(&properties, 0), "ask the first device what it is");
  return std::string(properties.name) + " (compute capability " + std::to_string(properties.major) + "." +
         std::to_string(properties.minor) + ")";
}

}  // namespace genretrack
