// The spectrogram on a linear frequency axis: every bin in decibel.
#pragma once

#include "cuda/features/mel_flux.cuh"

namespace genretrack {

// A tile's power (tile, K) in dB, not floored, into the spectrogram (K, T); the largest into
// chunk.linear_top.
__device__ inline void linear_bins(const FeatureShape& shape, const Chunk& chunk, long clip, int frame,
                                   int tile, int valid, const float* power) {
  using N = Scalar<float>;
  float* out = chunk.out + clip * shape.clip_values + shape.offset[static_cast<int>(Transform::kSpectrogram)];
  float largest = kSilent;
  for (int i = static_cast<int>(threadIdx.x); i < shape.bins * tile; i += static_cast<int>(blockDim.x)) {
    const int k = i / tile, f = i % tile;
    if (f >= valid) continue;
    const float db = decibel<N>(power[f * shape.bins + k]);
    out[static_cast<long>(k) * shape.frames + frame + f] = db;
    largest = N::max(largest, db);
  }
  add_to_top(chunk.linear_top + clip, largest);
}

}  // namespace genretrack
