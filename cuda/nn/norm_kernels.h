// Launchers of the norm's kernels. Letters: N batch, H height, W width, C channels; maps are (N, H, W, C),
// pooled ones (N, H / PH, W / PW, C).
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>

#include "host/core/host_device.h"

namespace genretrack::cuda {

struct NormShape {
  int pool_height = 1, pool_width = 1;
  bool relu = true;  // false: only without pooling
};

struct NormMaps {
  int batch = 0, height = 0, width = 0, channels = 0;
  NormShape shape;
  float* x = nullptr;                // (N, H, W, C); backward writes its gradient here
  float* pooled = nullptr;           // (N, H / PH, W / PW, C)
  float* pooled_gradient = nullptr;  // the same
  GENRETRACK_HOST_DEVICE int pooled_height() const { return height / shape.pool_height; }
  GENRETRACK_HOST_DEVICE int pooled_width() const { return width / shape.pool_width; }
  GENRETRACK_HOST_DEVICE std::size_t rows() const {
    return static_cast<std::size_t>(batch) * static_cast<std::size_t>(height) *
           static_cast<std::size_t>(width);
  }
  GENRETRACK_HOST_DEVICE std::size_t pooled_rows() const {
    return static_cast<std::size_t>(batch) * static_cast<std::size_t>(pooled_height()) *
           static_cast<std::size_t>(pooled_width());
  }
};

// All (C), on the device, but for `partial`.
struct NormVectors {
  float *scale = nullptr, *shift = nullptr, *running_mean = nullptr, *running_variance = nullptr;
  float *scale_gradient = nullptr, *shift_gradient = nullptr;
  float *mean = nullptr, *inverse = nullptr;  // what x is normalised with: inverse of the standard deviation
  float *gradient_mean = nullptr, *gradient_slope = nullptr;
  float* partial = nullptr;  // (shares, 3, C)
  int shares = 0;
};

// Shares of rows that sums are taken over; does not depend on the device.
int norm_shares(std::size_t rows);

// Mean and inverse deviation of the batch; moves the running statistics.
void batch_statistics(const NormMaps& maps, const NormVectors& vectors, cudaStream_t stream);
// The running ones instead.
void running_statistics(const NormMaps& maps, const NormVectors& vectors, cudaStream_t stream);
void norm_forward(const NormMaps& maps, const NormVectors& vectors, cudaStream_t stream);
// Gradients of scale and shift, and of x in its place. `fixed`: mean and deviation did not depend on x.
void norm_backward(const NormMaps& maps, const NormVectors& vectors, bool fixed, cudaStream_t stream);

}  // namespace genretrack::cuda
