// Chroma of clips whose tuning is known by now.
#include "cuda/features/chroma.cuh"
#include "cuda/features/kernels.h"
#include "cuda/features/power.cuh"

namespace genretrack {
namespace {

// Grid (T / tile, B). The power is computed again: reading the spectrum twice costs less than keeping it.
__global__ void chroma_kernel(FeatureShape shape, DeviceTables tables, Chunk chunk, int tile) {
  float* power = dynamic_shared<float>();
  const long clip = blockIdx.y;
  const int frame = static_cast<int>(blockIdx.x) * tile, valid = valid_frames(shape, frame, tile);
  load_power(shape, chunk, clip, frame, valid, power);
  const float* bank = tables.chroma + static_cast<long>(chunk.tuning_bin[clip]) * shape.bins * kChromaBins;
  chroma_tile(shape, bank, chunk, clip, frame, valid, power);
}

}  // namespace

void chroma_frames(const FeatureShape& shape, const DeviceTables& tables, const Chunk& chunk, int clips,
                   cudaStream_t stream) {
  const int tile = tile_frames(shape);
  launch(chroma_kernel,
         {dim3(static_cast<unsigned>((shape.frames + tile - 1) / tile), static_cast<unsigned>(clips)),
          dim3(kTileThreads), static_cast<std::size_t>(tile * shape.bins) * sizeof(float), stream,
          "compute the chromagram"},
         shape, tables, chunk, tile);
}

}  // namespace genretrack
