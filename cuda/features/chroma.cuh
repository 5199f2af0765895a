// Power to pitch classes.
#pragma once

#include "cuda/core/reductions.cuh"
#include "cuda/features/shapes.h"
#include "host/dsp/chroma.h"

namespace genretrack {

// The chroma of a tile's power (tile, K) by a bank (K, 12); one warp takes one frame after another.
__device__ inline void chroma_tile(const FeatureShape& shape, const float* bank, const Chunk& chunk,
                                   long clip, int frame, int valid, const float* power) {
  using N = Scalar<float>;
  const int lane = static_cast<int>(threadIdx.x % kWarp), warp = static_cast<int>(threadIdx.x / kWarp);
  float* chroma =
      chunk.out + clip * shape.clip_values + shape.offset[static_cast<int>(Transform::kChromagram)];
  for (int f = warp; f < valid; f += static_cast<int>(blockDim.x) / kWarp) {
    float sum[kChromaBins] = {};
    for (int k = lane; k < shape.bins; k += kWarp) {
      const float x = power[f * shape.bins + k];
      for (int c = 0; c < kChromaBins; ++c) sum[c] += x * bank[k * kChromaBins + c];
    }
    float largest = 0, mine = 0;
    for (int c = 0; c < kChromaBins; ++c) {
      sum[c] = warp_sum(sum[c]);
      largest = N::max(largest, sum[c]);
      if (c == lane) mine = sum[c];
    }
    if (lane < kChromaBins)
      chroma[static_cast<long>(lane) * shape.frames + frame + f] = mine * chroma_scale<N>(largest);
  }
}

}  // namespace genretrack
