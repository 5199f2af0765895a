// cuFFT's plan for the frames of a chunk.
#pragma once

#include <cuda_runtime_api.h>
#include <cufft.h>

namespace genretrack {

// Real transforms of n_fft points whose inputs begin a hop apart, so they overlap; the outputs, n_fft / 2 + 1
// bins each, lie one behind another.
class FramePlan {
 public:
  // Throws OutOfDeviceMemory where cuFFT finds no memory for its work.
  FramePlan(int n_fft, int hop, int frames, cudaStream_t stream);
  ~FramePlan();
  FramePlan(const FramePlan&) = delete;
  FramePlan& operator=(const FramePlan&) = delete;

  // Queued in the plan's stream.
  void execute(float* samples, float2* spectrum) const;

 private:
  cufftHandle plan_ = 0;
};

}  // namespace genretrack
