// DCT of the floored mel bands.
#include "cuda/core/launch.cuh"
#include "cuda/features/kernels.h"

namespace genretrack {
namespace {

constexpr int kWarps = 8;         // each takes kWarp frames
constexpr int kCoefficients = 4;  // that one thread computes side by side

// Grid (T / kWarp, B). The warps of a block read the same frames of the spectrogram, which stay in the cache.
__global__ void mfcc_kernel(FeatureShape shape, DeviceTables tables, Chunk chunk) {
  const int t = static_cast<int>(blockIdx.x * kWarp + threadIdx.x % kWarp);
  const int warp = static_cast<int>(threadIdx.x / kWarp);
  if (t >= shape.frames) return;
  float* out = chunk.out + static_cast<long>(blockIdx.y) * shape.clip_values + t;
  const float* db = out + shape.offset[static_cast<int>(Transform::kSpectrogram)];
  float* mfcc = out + shape.offset[static_cast<int>(Transform::kMfcc)];
  for (int first = warp * kCoefficients; first < shape.n_mfcc; first += kWarps * kCoefficients) {
    const int count = min(kCoefficients, shape.n_mfcc - first);
    float sum[kCoefficients] = {};
    for (int m = 0; m < shape.n_mels; ++m) {
      const float x = db[static_cast<long>(m) * shape.frames];
      for (int i = 0; i < kCoefficients; ++i)
        sum[i] += x * tables.dct[(first + (i < count ? i : 0)) * shape.n_mels + m];
    }
    for (int i = 0; i < count; ++i) mfcc[static_cast<long>(first + i) * shape.frames] = sum[i];
  }
}

}  // namespace

void mfcc_rows(const FeatureShape& shape, const DeviceTables& tables, const Chunk& chunk, int clips,
               cudaStream_t stream) {
  launch(mfcc_kernel,
         {dim3(static_cast<unsigned>((shape.frames + kWarp - 1) / kWarp), static_cast<unsigned>(clips)),
          dim3(kWarps * kWarp), 0, stream, "compute MFCC"},
         shape, tables, chunk);
}

}  // namespace genretrack
