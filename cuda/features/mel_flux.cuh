// Power to mel bands in decibel.
#pragma once

#include "cuda/core/reductions.cuh"
#include "cuda/features/shapes.h"
#include "host/dsp/decibel.h"

namespace genretrack {

inline constexpr float kSilent = -1e9f;  // dB; below anything

// Adds to the maximum at `top`, of which there is one per clip. All lanes take part.
__device__ inline void add_to_top(int* top, float largest) {
  largest = warp_max(largest);
  if (threadIdx.x % kWarp == 0) atomicMax(top, ordered_key(largest));
}

// The decibel below which a map with that maximum has no values.
__device__ inline float floor_of(const FeatureShape& shape, int top) {
  return shape.profile == Profile::kLibrosa ? of_ordered_key(top) - static_cast<float>(kTopDb) : kSilent;
}

// The mel bands of a tile's power (tile, K) in dB, not floored, into chunk.mel_db; their maximum into `top`.
// Neighbouring threads take neighbouring frames: they read the same weights, and write side by side.
__device__ inline void mel_bands(const FeatureShape& shape, const DeviceTables& tables, const Chunk& chunk,
                                 long clip, int frame, int tile, int valid, const float* power, int* top) {
  using N = Scalar<float>;
  float largest = kSilent;
  for (int i = static_cast<int>(threadIdx.x); i < shape.n_mels * tile; i += static_cast<int>(blockDim.x)) {
    const int m = i / tile, f = i % tile;
    if (f >= valid) continue;
    const float* bin = power + f * shape.bins + tables.mel_first[m];
    const int end = tables.mel_begin[m + 1];
    float sum = 0;
    for (int w = tables.mel_begin[m]; w < end; ++w) sum += tables.mel_weight[w] * *bin++;
    const float db = decibel<N>(sum);
    chunk.mel_db[(clip * shape.n_mels + m) * shape.frames + frame + f] = db;
    largest = N::max(largest, db);
  }
  add_to_top(top + clip, largest);
}

}  // namespace genretrack
