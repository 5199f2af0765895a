#include "cuda/core/error.h"

namespace genretrack {
namespace {

constexpr const char* kUseTheCpu = "; --device cpu does without";

std::string described(cudaError_t status) {
  return std::string(cudaGetErrorString(status)) + " (" + cudaGetErrorName(status) + ")";
}

}  // namespace

OutOfDeviceMemory::OutOfDeviceMemory(const std::string& what)
    : Error(ErrorKind::kUnsupported, "CUDA: out of memory, cannot " + what +
                                         ": end other programs that use the device, or take fewer --threads" +
                                         kUseTheCpu) {}

void check_cuda(cudaError_t status, const char* what) {
  if (status == cudaSuccess) return;
  cudaGetLastError();  // noted here; the next call is not to answer it again
  const std::string begin = std::string("CUDA: cannot ") + what + ": ";
  switch (status) {
    case cudaErrorMemoryAllocation:
      throw OutOfDeviceMemory(what);
    case cudaErrorNoDevice:
    case cudaErrorInvalidDevice:
    case cudaErrorInsufficientDriver:
      throw Error(ErrorKind::kUnsupported,
                  begin + described(status) + ": `genretrack devices` says what answers here" + kUseTheCpu);
    case cudaErrorNoKernelImageForDevice:
      throw Error(ErrorKind::kUnsupported, begin + described(status) +
                                               ": the module was built for architectures " +
                                               GENRETRACK_CUDA_ARCHITECTURES +
                                               "; build it for this device (docs/gpu.md)" + kUseTheCpu);
    default:
      throw Error(ErrorKind::kFailure, begin + described(status) +
                                           ": run the command again; where that fails the same way, --device "
                                           "cpu does without, and the driver's log (dmesg) may say more");
  }
}

}  // namespace genretrack
