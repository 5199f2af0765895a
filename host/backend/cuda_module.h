// What the two CUDA modules export: transforms, and networks, which need libraries of half a gigabyte more.
// The program opens a module only when it is asked for what that computes, so that starting costs nothing and
// a machine without CUDA's libraries runs everything else. Program and modules are built by one compiler from
// one source tree, so they may share classes and exceptions; what tells is plain C.
#pragma once

#include <cstdint>

#include "host/backend/feature_extractor.h"
#include "host/backend/network_ops.h"

namespace genretrack {

inline constexpr int kCudaModuleVersion = 4;  // raised with every change below
inline constexpr int kMostCudaDevices = 16;
inline constexpr const char* kCudaModuleFile = "libgenretrack_cuda.so";
inline constexpr const char* kCudaNetworksFile = "libgenretrack_cuda_nn.so";  // beside it
inline constexpr const char* kCudaProbeFunction = "genretrack_cuda_probe";
inline constexpr const char* kCudaLibrariesFunction = "genretrack_cuda_libraries";
inline constexpr const char* kCudaExtractorFunction = "genretrack_cuda_make_feature_extractor";
inline constexpr const char* kCudaNetworksBelongFunction = "genretrack_cuda_networks_belong";
inline constexpr const char* kCudaNetworkFunction = "genretrack_cuda_make_network_ops";

struct CudaDeviceInfo {
  char name[256];
  int major, minor;  // compute capability
  std::uint64_t memory_bytes;
};

struct CudaProbe {
  int module_version;                   // first, so that it can be read whatever else has changed
  int runtime_version, driver_version;  // 13000 is 13.0; a driver version of 0: no driver
  char program_version[32];             // that the module was built with
  std::uint64_t params_size;            // of its FeatureParams, in bytes
  char architectures[128];              // that the module was compiled for
  char error[256];                      // the CUDA runtime's own words where no device answers, else empty
  int device_count;
  CudaDeviceInfo devices[kMostCudaDevices];
};

// Asks the driver; takes some tens of milliseconds and throws nothing. Writes `size` bytes at most, so that a
// module of another version, whose probe may be longer, does no harm before it is told apart.
using CudaProbeFunction = void (*)(CudaProbe*, std::uint64_t size);

struct CudaLibraries {
  int cufft_version;  // 12003 is 12.0.3
  int cudnn_version;  // 91900 is 9.19.0; 0: not on this machine
};

// Looks for the libraries; throws nothing.
using CudaLibrariesFunction = void (*)(CudaLibraries*);

// The caller owns the extractor. Throws Error as make_feature_extractor() does.
using CudaExtractorFunction = FeatureExtractor* (*)(const FeatureParams*);

// 1 where the module of networks was built with the given module version, program version and size of
// NetworkOptions, else 0.
using CudaNetworksBelongFunction = int (*)(int module_version, const char* program_version,
                                           std::uint64_t options_size);

// The caller owns the network. Throws Error as make_network_ops() does.
using CudaNetworkFunction = NetworkOps* (*)(const NetworkOptions*);

}  // namespace genretrack
