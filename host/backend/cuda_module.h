// What the CUDA module exports, in plain C: the program opens the module only when it is asked for CUDA, so
// that starting costs nothing and a machine without CUDA's libraries runs everything else.
#pragma once

#include <cstdint>

namespace genretrack {

inline constexpr int kCudaModuleVersion = 1;  // raised with every change below
inline constexpr int kMostCudaDevices = 16;
inline constexpr const char* kCudaModuleFile = "libgenretrack_cuda.so";
inline constexpr const char* kCudaProbeFunction = "genretrack_cuda_probe";

struct CudaDeviceInfo {
  char name[256];
  int major, minor;  // compute capability
  std::uint64_t memory_bytes;
};

struct CudaProbe {
  int module_version;                   // first, so that it can be read whatever else has changed
  int runtime_version, driver_version;  // 13000 is 13.0; a driver version of 0: no driver
  char architectures[128];              // that the module was compiled for
  char error[256];                      // the CUDA runtime's own words where no device answers, else empty
  int device_count;
  CudaDeviceInfo devices[kMostCudaDevices];
};

// Asks the driver; takes some tens of milliseconds and throws nothing.
using CudaProbeFunction = void (*)(CudaProbe*);

}  // namespace genretrack
