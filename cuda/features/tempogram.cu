// Onset strength and its autocorrelation around each frame.
#include "cuda/features/kernels.h"
#include "cuda/features/mel_flux.cuh"
#include "host/dsp/flux.h"
#include "host/dsp/onset.h"
#include "host/dsp/tempogram.h"

namespace genretrack {
namespace {

constexpr int kThreads = 128;

// Grid (T / kThreads, B): the mean of the bands' flux, `delay` frames later.
__global__ void onset_kernel(FeatureShape shape, Chunk chunk, int delay) {
  using N = Scalar<float>;
  const int t = static_cast<int>(blockIdx.x * kThreads + threadIdx.x), from = t - delay;
  if (t >= shape.frames) return;
  const long clip = blockIdx.y;
  const float low = floor_of(shape, chunk.top[clip]);
  float sum = 0;
  if (from > 0) {
    const float* db = chunk.mel_db + clip * shape.n_mels * shape.frames + from;
    for (int m = 0; m < shape.n_mels; ++m, db += shape.frames)
      sum += rectified_flux<N>(floored<N>(db[0], low), floored<N>(db[-1], low));
  }
  chunk.onsets[clip * shape.frames + t] = sum * (1.0f / static_cast<float>(shape.n_mels));
}

// Onset strength at any frame within kTempogramSide of the clip.
__device__ float onset_at(const float* onsets, int frames, int t) {
  if (t < 0) return onset_ramp<Scalar<float>>(onsets[0], -t);
  if (t >= frames) return onset_ramp<Scalar<float>>(onsets[frames - 1], t - frames + 1);
  return onsets[t];
}

constexpr int kTile = 8;  // frames of a block
constexpr int kLags = 4;  // neighbouring ones that a thread sums side by side
constexpr int kLagThreads = kTempogramLags / kLags;
static_assert(kLagThreads % kWarp == 0);

// Grid (T / kTile, B), block kLagThreads: one frame of the tile after another, so that results of
// neighbouring frames can be written side by side.
__global__ void tempogram_kernel(FeatureShape shape, DeviceTables tables, Chunk chunk) {
  using N = Scalar<float>;
  __shared__ float window[kTempogramLags + kLags];  // zeros behind the end
  __shared__ float result[kTempogramLags][kTile + 1];
  const long clip = blockIdx.y;
  const int frame = static_cast<int>(blockIdx.x) * kTile, thread = static_cast<int>(threadIdx.x);
  const int valid = min(kTile, shape.frames - frame), lag = thread * kLags;
  for (int f = 0; f < valid; ++f) {
    for (int n = thread; n < kTempogramLags + kLags; n += kLagThreads)
      window[n] = n < kTempogramLags
                      ? tables.tempogram_window[n] * onset_at(chunk.onsets + clip * shape.frames,
                                                              shape.frames, frame + f + n - kTempogramSide)
                      : 0.0f;
    __syncthreads();
    float sum[kLags] = {}, ahead[kLags];
    for (int i = 0; i < kLags; ++i) ahead[i] = window[lag + i];
    for (int n = 0; n < kTempogramLags - lag; ++n) {
      for (int i = 0; i < kLags; ++i) sum[i] += window[n] * ahead[i];
      for (int i = 0; i + 1 < kLags; ++i) ahead[i] = ahead[i + 1];
      ahead[kLags - 1] = window[n + lag + kLags];
    }
    for (int i = 0; i < kLags; ++i) result[lag + i][f] = sum[i];
    __syncthreads();
  }
  float* out = chunk.out + clip * shape.clip_values + shape.offset[static_cast<int>(Transform::kPercussion)];
  for (int i = thread; i < kTempogramLags * kTile; i += kLagThreads) {
    const int row = i / kTile, f = i % kTile;
    if (f >= valid) continue;
    const float scale = tempogram_scale<N>(result[0][f]);
    // The largest becomes 1, which a product would miss by rounding; a window without onsets (scale 1) stays.
    const float value = row == 0 && scale != 1 ? 1 : result[row][f] * scale;
    out[static_cast<long>(row) * shape.frames + frame + f] = value;
  }
}

}  // namespace

void tempogram_rows(const FeatureShape& shape, const DeviceTables& tables, const Chunk& chunk, int clips,
                    cudaStream_t stream) {
  launch(onset_kernel,
         {dim3(static_cast<unsigned>((shape.frames + kThreads - 1) / kThreads), static_cast<unsigned>(clips)),
          dim3(kThreads), 0, stream, "compute onset strength"},
         shape, chunk, onset_delay(shape.n_fft, shape.hop));
  launch(tempogram_kernel,
         {dim3(static_cast<unsigned>((shape.frames + kTile - 1) / kTile), static_cast<unsigned>(clips)),
          dim3(kLagThreads), 0, stream, "compute the tempogram"},
         shape, tables, chunk);
}

}  // namespace genretrack
