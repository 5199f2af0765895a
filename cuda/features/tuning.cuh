// The spectral peaks of a tile, for its clip's tuning.
#pragma once

#include "cuda/core/reductions.cuh"
#include "cuda/features/shapes.h"
#include "host/dsp/tuning.h"

namespace genretrack {

// Adds the peaks of a tile's power (tile, K) to the clip's: bins above a tenth of their frame's largest,
// above the bin before and not below the bin behind. One warp takes one frame after another. The order in
// which peaks are stored differs from run to run; what is made of them does not depend on it.
__device__ inline void find_peaks(const FeatureShape& shape, const Chunk& chunk, long clip, int valid,
                                  const float* power) {
  using N = Scalar<float>;
  const int lane = static_cast<int>(threadIdx.x % kWarp), warp = static_cast<int>(threadIdx.x / kWarp);
  const int last_bin = shape.bins - 1;
  Peak* peaks = chunk.peaks + clip * shape.peaks_of_clip;
  for (int f = warp; f < valid; f += static_cast<int>(blockDim.x) / kWarp) {
    const float* p = power + f * shape.bins;
    float largest = 0;
    for (int k = lane; k <= last_bin; k += kWarp) largest = N::max(largest, p[k]);
    const float threshold = warp_max(largest) * static_cast<float>(kPeakThreshold);
    for (int first = shape.pitch.first; first <= shape.pitch.last; first += kWarp) {
      const int k = first + lane;
      const bool inside = k <= shape.pitch.last;
      const float left = inside ? p[k - 1] : 0, middle = inside ? p[k] : 0;
      const float right = inside && k < last_bin ? p[k + 1] : middle;
      const bool peak = inside && middle > N::max(threshold, left) && middle >= right;
      const unsigned votes = __ballot_sync(kAllLanes, peak);
      if (votes == 0) continue;
      int place = lane == 0 ? atomicAdd(chunk.peak_count + clip, __popc(votes)) : 0;
      place = __shfl_sync(kAllLanes, place, 0) + __popc(votes & ((1u << lane) - 1));
      if (!peak) continue;
      const float shift = k < last_bin ? peak_shift<N>(left, middle, right) : 0.0f;
      peaks[place] = {peak_strength<N>(left, middle, right, shift),
                      (shift + static_cast<float>(k)) * shape.hertz_per_bin};
    }
  }
}

}  // namespace genretrack
