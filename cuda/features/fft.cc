#include "cuda/features/fft.h"

#include <string>

#include "cuda/core/error.h"

namespace genretrack {
namespace {

void check_cufft(cufftResult result, const std::string& what) {
  if (result == CUFFT_SUCCESS) return;
  cudaGetLastError();
  if (result == CUFFT_ALLOC_FAILED) throw OutOfDeviceMemory(what);
  throw Error(ErrorKind::kFailure,
              "CUDA: cuFFT cannot " + what + " (its error " + std::to_string(int(result)) +
                  "): run the command again; where that fails the same way, --device cpu "
                  "does without");
}

}  // namespace

FramePlan::FramePlan(int n_fft, int hop, int frames, cudaStream_t stream) {
  // cuFFT takes distances only together with embeddings, which mean nothing in one dimension.
  int length[] = {n_fft}, bins[] = {n_fft / 2 + 1};
  check_cufft(cufftPlanMany(&plan_, 1, length, length, 1, hop, bins, 1, bins[0], CUFFT_R2C, frames),
              "plan " + std::to_string(frames) + " transforms of " + std::to_string(n_fft) + " points");
  try {
    check_cufft(cufftSetStream(plan_, stream), "use a stream");
  } catch (...) {
    cufftDestroy(plan_);
    throw;
  }
}

FramePlan::~FramePlan() { cufftDestroy(plan_); }

void FramePlan::execute(float* samples, float2* spectrum) const {
  check_cufft(cufftExecR2C(plan_, samples, spectrum), "transform the frames");
}

}  // namespace genretrack
