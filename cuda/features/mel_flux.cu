// The floor of the mel bands, and their flux.
#include "cuda/features/kernels.h"
#include "cuda/features/mel_flux.cuh"
#include "host/dsp/flux.h"

namespace genretrack {
namespace {

constexpr int kThreads = 128;

// Where a clip's floored map and its flux go among its transforms; -1: nowhere.
struct Places {
  long map, flux;
};

// Grid (T / kThreads, M, B).
__global__ void floor_and_flux_kernel(FeatureShape shape, Chunk chunk, const int* top, Places places) {
  using N = Scalar<float>;
  const int t = static_cast<int>(blockIdx.x * kThreads + threadIdx.x);
  const long band = blockIdx.y, clip = blockIdx.z;
  if (t >= shape.frames) return;
  const float low = floor_of(shape, top[clip]);
  const float* db = chunk.mel_db + (clip * shape.n_mels + band) * shape.frames;
  const float now = floored<N>(db[t], low), before = floored<N>(db[t > 0 ? t - 1 : 0], low);
  float* out = chunk.out + clip * shape.clip_values + band * shape.frames + t;
  if (places.map >= 0) out[places.map] = now;
  if (places.flux >= 0) out[places.flux] = rectified_flux<N>(now, before);
}

void floor_map(const FeatureShape& shape, const Chunk& chunk, const int* top, const Places& places, int clips,
               cudaStream_t stream) {
  launch(floor_and_flux_kernel,
         {dim3(static_cast<unsigned>((shape.frames + kThreads - 1) / kThreads),
               static_cast<unsigned>(shape.n_mels), static_cast<unsigned>(clips)),
          dim3(kThreads), 0, stream, "floor a map"},
         shape, chunk, top, places);
}

// Grid (K * T / kThreads, B).
__global__ void floor_linear_kernel(FeatureShape shape, Chunk chunk) {
  const long i = static_cast<long>(blockIdx.x) * kThreads + threadIdx.x, clip = blockIdx.y;
  if (i >= static_cast<long>(shape.bins) * shape.frames) return;
  float* value =
      chunk.out + clip * shape.clip_values + shape.offset[static_cast<int>(Transform::kSpectrogram)] + i;
  *value = floored<Scalar<float>>(*value, floor_of(shape, chunk.linear_top[clip]));
}

}  // namespace

void floor_and_flux(const FeatureShape& shape, const Chunk& chunk, int clips, cudaStream_t stream) {
  const Places places = {shape.linear ? -1 : shape.offset[static_cast<int>(Transform::kSpectrogram)],
                         shape.percussion == PercussionKind::kFlux
                             ? shape.offset[static_cast<int>(Transform::kPercussion)]
                             : -1};
  if (places.map >= 0 || places.flux >= 0) floor_map(shape, chunk, chunk.top, places, clips, stream);
}

void floor_part(const FeatureShape& shape, const Chunk& chunk, int clips, cudaStream_t stream) {
  floor_map(shape, chunk, chunk.part_top, {shape.offset[static_cast<int>(Transform::kPercussion)], -1}, clips,
            stream);
}

void floor_linear(const FeatureShape& shape, const Chunk& chunk, int clips, cudaStream_t stream) {
  const long values = static_cast<long>(shape.bins) * shape.frames;
  launch(floor_linear_kernel,
         {dim3(static_cast<unsigned>((values + kThreads - 1) / kThreads), static_cast<unsigned>(clips)),
          dim3(kThreads), 0, stream, "floor the linear spectrogram"},
         shape, chunk);
}

}  // namespace genretrack
