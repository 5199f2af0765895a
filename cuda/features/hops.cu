// Samples to the places from which the FFT reads overlapping frames.
#include "cuda/core/launch.cuh"
#include "cuda/features/kernels.h"
#include "host/backend/extract_checks.h"
#include "host/dsp/padding.h"

namespace genretrack {
namespace {

constexpr int kThreads = 256;

// Grid (places of a clip / kThreads, B).
__global__ void place_samples_kernel(FeatureShape shape, Chunk chunk) {
  const long places = static_cast<long>(shape.frames_apart) * shape.hop;
  const long place = static_cast<long>(blockIdx.x) * kThreads + threadIdx.x, clip = blockIdx.y;
  if (place >= places) return;
  const ClipSamples samples = chunk.clips[clip];
  const long at = padded_sample(shape.profile, place - shape.n_fft / 2, shape.clip_samples);
  float value = 0;
  if (at >= 0 && at < samples.count) {
    const unsigned char* pcm = chunk.pcm + clip * shape.clip_samples * long{sizeof(float)};
    value = samples.is_float
                ? reinterpret_cast<const float*>(pcm)[at]
                : static_cast<float>(reinterpret_cast<const std::int16_t*>(pcm)[at]) * (1.0f / 32768);
    if (!(fabsf(value) <= kLoudestSample)) atomicMin(chunk.first_unusable + clip, static_cast<int>(at));
  }
  chunk.samples[clip * places + place] = value;
}

}  // namespace

void place_samples(const FeatureShape& shape, const Chunk& chunk, int clips, cudaStream_t stream) {
  const long places = static_cast<long>(shape.frames_apart) * shape.hop;
  launch(place_samples_kernel,
         {dim3(static_cast<unsigned>((places + kThreads - 1) / kThreads), static_cast<unsigned>(clips)),
          dim3(kThreads), 0, stream, "place the samples"},
         shape, chunk);
}

}  // namespace genretrack
