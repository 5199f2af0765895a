// The laws of batch norm for one element or channel; PyTorch's conventions (host/backend/network_ops.h).
#pragma once

#include "host/core/host_device.h"

namespace genretrack::cuda {

inline constexpr double kNormEpsilon = 1e-5;
inline constexpr double kNormMomentum = 0.1;

// A running statistic after a batch.
GENRETRACK_HOST_DEVICE inline float moved(float running, double of_batch) {
  return static_cast<float>((1 - kNormMomentum) * running + kNormMomentum * of_batch);
}

// Whether b displaces a as the winner of a pooling window: the largest wins, or the smallest where the scale
// is negative, and the first of equal ones. A NaN displaces what is before it and stays: a diverging run must
// be seen in its loss.
GENRETRACK_HOST_DEVICE inline bool displaces(float a, float b, bool smallest) {
  return a == a && (smallest ? !(a <= b) : !(a >= b));
}

// y = max(0, x); a NaN stays.
GENRETRACK_HOST_DEVICE inline float rectified(float x) { return x < 0 ? 0 : x; }

}  // namespace genretrack::cuda
