// Sums and maxima over a warp, and a maximum over all threads that add to one place. All lanes take part.
#pragma once

#include "cuda/core/launch.cuh"

namespace genretrack {

__device__ inline float warp_sum(float value) {
  for (int lanes = kWarp / 2; lanes > 0; lanes /= 2) value += __shfl_xor_sync(kAllLanes, value, lanes);
  return value;
}

__device__ inline float warp_max(float value) {
  for (int lanes = kWarp / 2; lanes > 0; lanes /= 2)
    value = fmaxf(value, __shfl_xor_sync(kAllLanes, value, lanes));
  return value;
}

// Integers that are ordered as the floats are (which must not be NaN), so that atomicMax can compare them.
__device__ inline int ordered_key(float value) {
  const int bits = __float_as_int(value);
  return bits >= 0 ? bits : bits ^ 0x7FFFFFFF;
}
__device__ inline float of_ordered_key(int key) { return __int_as_float(key >= 0 ? key : key ^ 0x7FFFFFFF); }

}  // namespace genretrack
