// DCT of the mel bands, and differences over time.
#include "cuda/core/reductions.cuh"
#include "cuda/features/kernels.h"
#include "host/dsp/decibel.h"
#include "host/dsp/delta.h"

namespace genretrack {
namespace {

constexpr int kWarps = 8;         // each takes kWarp frames
constexpr int kCoefficients = 4;  // that one thread computes side by side

// Grid (T / kWarp, B). The warps of a block read the same frames of the mel map, which stay in the cache.
__global__ void mfcc_kernel(FeatureShape shape, DeviceTables tables, Chunk chunk) {
  const int t = static_cast<int>(blockIdx.x * kWarp + threadIdx.x % kWarp);
  const int warp = static_cast<int>(threadIdx.x / kWarp);
  if (t >= shape.frames) return;
  const long clip = blockIdx.y;
  const float low = of_ordered_key(chunk.top[clip]) - static_cast<float>(kTopDb);  // with either profile
  const float* db = chunk.mel_db + clip * shape.n_mels * shape.frames + t;
  float* mfcc = chunk.out + clip * shape.clip_values + shape.offset[static_cast<int>(Transform::kMfcc)] + t;
  for (int first = warp * kCoefficients; first < shape.n_mfcc; first += kWarps * kCoefficients) {
    const int count = min(kCoefficients, shape.n_mfcc - first);
    float sum[kCoefficients] = {};
    for (int m = 0; m < shape.n_mels; ++m) {
      const float x = floored<Scalar<float>>(db[static_cast<long>(m) * shape.frames], low);
      for (int i = 0; i < kCoefficients; ++i)
        sum[i] += x * tables.dct[(first + (i < count ? i : 0)) * shape.n_mels + m];
    }
    for (int i = 0; i < count; ++i) mfcc[static_cast<long>(first + i) * shape.frames] = sum[i];
  }
}

// Grid (T / kDeltaThreads, C, B): differences of the order behind the coefficients. The four frames at either
// end have the fifth's value.
constexpr int kDeltaThreads = 128;
__global__ void delta_kernel(FeatureShape shape, const float* weights, Chunk chunk, int order) {
  const int t = static_cast<int>(blockIdx.x * kDeltaThreads + threadIdx.x);
  if (t >= shape.frames) return;
  const long c = blockIdx.y, clip = blockIdx.z;
  float* mfcc = chunk.out + clip * shape.clip_values + shape.offset[static_cast<int>(Transform::kMfcc)];
  const float* row =
      mfcc + c * shape.frames + min(max(t, kDeltaSide), shape.frames - 1 - kDeltaSide) - kDeltaSide;
  float sum = 0;
  for (int i = 0; i < kDeltaWidth; ++i) sum += weights[i] * row[i];
  mfcc[(static_cast<long>(order) * shape.n_mfcc + c) * shape.frames + t] = sum;
}

}  // namespace

void mfcc_rows(const FeatureShape& shape, const DeviceTables& tables, const Chunk& chunk, int clips,
               cudaStream_t stream) {
  launch(mfcc_kernel,
         {dim3(static_cast<unsigned>((shape.frames + kWarp - 1) / kWarp), static_cast<unsigned>(clips)),
          dim3(kWarps * kWarp), 0, stream, "compute MFCC"},
         shape, tables, chunk);
  for (int order = 1; order <= shape.deltas; ++order)
    launch(delta_kernel,
           {dim3(static_cast<unsigned>((shape.frames + kDeltaThreads - 1) / kDeltaThreads),
                 static_cast<unsigned>(shape.n_mfcc), static_cast<unsigned>(clips)),
            dim3(kDeltaThreads), 0, stream, "compute deltas"},
           shape, tables.delta + (order - 1) * kDeltaWidth, chunk, order);
}

}  // namespace genretrack
