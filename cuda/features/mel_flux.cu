// The floor of the mel bands, and their flux.
#include "cuda/core/reductions.cuh"
#include "cuda/features/kernels.h"
#include "host/dsp/decibel.h"
#include "host/dsp/flux.h"

namespace genretrack {
namespace {

constexpr int kThreads = 128;

// Grid (T / kThreads, M, B).
__global__ void floor_and_flux_kernel(FeatureShape shape, Chunk chunk) {
  using N = Scalar<float>;
  const int t = static_cast<int>(blockIdx.x * kThreads + threadIdx.x);
  const long band = blockIdx.y, clip = blockIdx.z;
  if (t >= shape.frames) return;
  const float low = of_ordered_key(chunk.top[clip]) - static_cast<float>(kTopDb);
  const float* db = chunk.mel_db + (clip * shape.n_mels + band) * shape.frames;
  const float now = floored<N>(db[t], low), before = floored<N>(db[t > 0 ? t - 1 : 0], low);
  float* out = chunk.out + clip * shape.clip_values + band * shape.frames + t;
  out[shape.offset[static_cast<int>(Transform::kSpectrogram)]] = now;
  out[shape.offset[static_cast<int>(Transform::kPercussion)]] = rectified_flux<N>(now, before);
}

}  // namespace

void floor_and_flux(const FeatureShape& shape, const Chunk& chunk, int clips, cudaStream_t stream) {
  launch(floor_and_flux_kernel,
         {dim3(static_cast<unsigned>((shape.frames + kThreads - 1) / kThreads),
               static_cast<unsigned>(shape.n_mels), static_cast<unsigned>(clips)),
          dim3(kThreads), 0, stream, "floor the spectrogram"},
         shape, chunk);
}

}  // namespace genretrack
