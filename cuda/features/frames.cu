// The one pass over the spectrum.
#include "cuda/features/chroma.cuh"
#include "cuda/features/kernels.h"
#include "cuda/features/linear.cuh"
#include "cuda/features/mel_flux.cuh"
#include "cuda/features/power.cuh"
#include "cuda/features/tuning.cuh"

namespace genretrack {
namespace {

// Grid (T / tile, B).
__global__ void frames_kernel(FeatureShape shape, DeviceTables tables, Chunk chunk, int tile) {
  float* power = dynamic_shared<float>();
  const long clip = blockIdx.y;
  const int frame = static_cast<int>(blockIdx.x) * tile, valid = valid_frames(shape, frame, tile);
  load_power(shape, chunk, clip, frame, valid, power);
  mel_bands(shape, tables, chunk, clip, frame, tile, valid, power, chunk.top);
  if (shape.linear) linear_bins(shape, chunk, clip, frame, tile, valid, power);
  if (shape.separates()) {
    float* kept = chunk.power + (clip * shape.frames + frame) * shape.bins;
    for (int i = static_cast<int>(threadIdx.x); i < valid * shape.bins; i += kTileThreads) kept[i] = power[i];
  }
  if (shape.estimate_tuning)
    find_peaks(shape, chunk, clip, valid, power);
  else
    chroma_tile(shape, tables.chroma, chunk, clip, frame, valid, power);
}

}  // namespace

void transform_frames(const FeatureShape& shape, const DeviceTables& tables, const Chunk& chunk, int clips,
                      cudaStream_t stream) {
  const int tile = tile_frames(shape);
  launch(frames_kernel,
         {dim3(static_cast<unsigned>((shape.frames + tile - 1) / tile), static_cast<unsigned>(clips)),
          dim3(kTileThreads), static_cast<std::size_t>(tile * shape.bins) * sizeof(float), stream,
          "transform the frames"},
         shape, tables, chunk, tile);
}

}  // namespace genretrack
