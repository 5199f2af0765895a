// Power to mel bands in decibel.
#pragma once

#include "cuda/core/reductions.cuh"
#include "cuda/features/shapes.h"
#include "host/dsp/decibel.h"

namespace genretrack {

// The mel bands of a tile's power (tile, K) in dB, not floored, into chunk.mel_db; their maximum into
// chunk.top. Neighbouring threads take neighbouring frames: they read the same weights, and write side by
// side.
__device__ inline void mel_bands(const FeatureShape& shape, const DeviceTables& tables, const Chunk& chunk,
                                 long clip, int frame, int tile, int valid, const float* power) {
  using N = Scalar<float>;
  float largest = -1e9f;
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
  largest = warp_max(largest);
  if (threadIdx.x % kWarp == 0) atomicMax(chunk.top + clip, ordered_key(largest));
}

}  // namespace genretrack
