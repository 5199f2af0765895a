// The power of a tile of neighbouring frames in shared memory.
#pragma once

#include "cuda/core/launch.cuh"
#include "cuda/features/shapes.h"

namespace genretrack {

inline constexpr int kTileThreads = 256;

// Frames of a tile: as many as fit the shared memory that every device has, at most eight, a power of two.
inline int tile_frames(const FeatureShape& shape) {
  constexpr int kMostBytes = 40 << 10;
  int frames = 8;
  while (frames > 1 && frames * shape.bins * static_cast<int>(sizeof(float)) > kMostBytes) frames /= 2;
  return frames;
}

// Frames of the tile that begins at `frame` and lie in the clip.
__device__ inline int valid_frames(const FeatureShape& shape, int frame, int tile) {
  return min(tile, shape.frames - frame);
}

// |windowed spectrum|^2 of the frames from `frame` on into power (tile, K), and a barrier. The periodic Hann
// window is three taps in frequency: 0.5 X[k] - 0.25 (X[k - 1] + X[k + 1]).
__device__ inline void load_power(const FeatureShape& shape, const Chunk& chunk, long clip, int frame,
                                  int valid, float* power) {
  const float2* spectrum = chunk.spectrum + (clip * shape.frames_apart + frame) * shape.bins;
  for (int f = 0; f < valid; ++f, spectrum += shape.bins, power += shape.bins)
    for (int k = static_cast<int>(threadIdx.x); k < shape.bins; k += kTileThreads) {
      // Below bin 0 and above the last one, the spectrum of real samples is mirrored and conjugate.
      const float2 low = spectrum[k > 0 ? k - 1 : 1], middle = spectrum[k],
                   high = spectrum[k + 1 < shape.bins ? k + 1 : shape.bins - 2];
      const float low_sign = k > 0 ? 1.0f : -1.0f, high_sign = k + 1 < shape.bins ? 1.0f : -1.0f;
      const float re = 0.5f * middle.x - 0.25f * (low.x + high.x);
      const float im = 0.5f * middle.y - 0.25f * (low_sign * low.y + high_sign * high.y);
      power[k] = re * re + im * im;
    }
  __syncthreads();
}

}  // namespace genretrack
