// Harmonic and percussive parts of the power. Medians commute with the square root, so that they run on
// powers instead of magnitudes.
#include <algorithm>

#include "cuda/features/kernels.h"
#include "cuda/features/medians.cuh"
#include "cuda/features/mel_flux.cuh"
#include "cuda/features/power.cuh"

namespace genretrack {
namespace {

constexpr int kThreads = 128;

// Grid (T / kMedianPlaces, K / kThreads, B): each thread follows one bin over time.
__global__ void medians_over_time_kernel(FeatureShape shape, Chunk chunk) {
  const int k = static_cast<int>(blockIdx.y * kThreads + threadIdx.x);
  const int frame = static_cast<int>(blockIdx.x) * kMedianPlaces;
  if (k >= shape.bins) return;
  const long clip = blockIdx.z, begin = clip * shape.frames * shape.bins + k;
  float x[kMedianElements], medians[kMedianPlaces];
  GENRETRACK_UNROLL_CUDA
  for (int i = 0; i < kMedianElements; ++i)
    x[i] = chunk.power[begin +
                       static_cast<long>(reflected(frame + i - kMedianWidth / 2, shape.frames)) * shape.bins];
  running_medians(x, medians);
  GENRETRACK_UNROLL_CUDA
  for (int i = 0; i < kMedianPlaces; ++i)
    if (frame + i < shape.frames)
      chunk.medians[begin + static_cast<long>(frame + i) * shape.bins] = medians[i];
}

// Where bin k of a row lies: threads that take sixteen bins each then read different banks of shared memory.
__device__ inline int skewed(int k) { return k + k / kMedianPlaces; }
inline int skewed_row(int bins) { return bins + bins / kMedianPlaces + 1; }

// Grid (T / tile, B): medians over frequency, the mask, and the part's mel bands.
__global__ void part_kernel(FeatureShape shape, DeviceTables tables, Chunk chunk, int tile, int row_size) {
  using N = Scalar<float>;
  float* power = dynamic_shared<float>();  // (tile, row_size), skewed
  float* part = power + tile * row_size;   // (tile, K)
  const long clip = blockIdx.y;
  const int frame = static_cast<int>(blockIdx.x) * tile, valid = valid_frames(shape, frame, tile);
  const long begin = (clip * shape.frames + frame) * shape.bins;
  for (int f = 0; f < valid; ++f)
    for (int k = static_cast<int>(threadIdx.x); k < shape.bins; k += kTileThreads)
      power[f * row_size + skewed(k)] = chunk.power[begin + static_cast<long>(f) * shape.bins + k];
  __syncthreads();
  const int runs = (shape.bins + kMedianPlaces - 1) / kMedianPlaces;
  for (int i = static_cast<int>(threadIdx.x); i < valid * runs; i += kTileThreads) {
    const int f = i / runs, first = i % runs * kMedianPlaces;
    const float* row = power + f * row_size;
    const float* over_time = chunk.medians + begin + static_cast<long>(f) * shape.bins;
    float x[kMedianElements], medians[kMedianPlaces];
    GENRETRACK_UNROLL_CUDA
    for (int j = 0; j < kMedianElements; ++j)
      x[j] = row[skewed(reflected(first + j - kMedianWidth / 2, shape.bins))];
    running_medians(x, medians);
    GENRETRACK_UNROLL_CUDA
    for (int j = 0; j < kMedianPlaces; ++j) {
      if (first + j >= shape.bins) continue;
      const float percussive = medians[j], harmonic = over_time[first + j];
      const float mask = shape.percussion == PercussionKind::kHarmonic ? soft_mask<N>(harmonic, percussive)
                                                                       : soft_mask<N>(percussive, harmonic);
      part[f * shape.bins + first + j] = x[j + kMedianWidth / 2] * mask * mask;
    }
  }
  __syncthreads();
  mel_bands(shape, tables, chunk, clip, frame, tile, valid, part, chunk.part_top);
}

}  // namespace

void separate_part(const FeatureShape& shape, const DeviceTables& tables, const Chunk& chunk, int clips,
                   cudaStream_t stream) {
  const unsigned blocks = static_cast<unsigned>((shape.frames + kMedianPlaces - 1) / kMedianPlaces);
  launch(medians_over_time_kernel,
         {dim3(blocks, static_cast<unsigned>((shape.bins + kThreads - 1) / kThreads),
               static_cast<unsigned>(clips)),
          dim3(kThreads), 0, stream, "take medians over time"},
         shape, chunk);
  const int tile = std::max(1, tile_frames(shape) / 2), row_size = skewed_row(shape.bins);
  launch(part_kernel,
         {dim3(static_cast<unsigned>((shape.frames + tile - 1) / tile), static_cast<unsigned>(clips)),
          dim3(kTileThreads), static_cast<std::size_t>(tile * (row_size + shape.bins)) * sizeof(float),
          stream, "separate a part"},
         shape, tables, chunk, tile, row_size);
}

}  // namespace genretrack
