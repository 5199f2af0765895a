// The tuning of each clip from its peaks: their median strength, then a histogram of those at least as
// strong.
#include "cuda/features/kernels.h"
#include "cuda/features/tuning.cuh"

namespace genretrack {
namespace {

constexpr int kThreads = 1024;
constexpr int kDigitBits = 8, kDigits = 1 << kDigitBits;

// The digit of `count` (kDigits) in which the rank falls, which is then counted from that digit's begin.
__device__ int digit_of_rank(const int* count, int& rank) {
  int digit = 0;
  for (; rank >= count[digit]; ++digit) rank -= count[digit];
  return digit;
}

// The upper median of the strengths of `peaks`, of which there is at least one: digit by digit, from the
// highest down, those peaks are counted that share the digits found so far. Positive floats are ordered as
// their bits.
__device__ unsigned median_bits(const Peak* peaks, int count, int* digits, int* found) {
  int rank = count / 2;
  unsigned prefix = 0;
  for (int shift = 32 - kDigitBits; shift >= 0; shift -= kDigitBits) {
    for (int i = static_cast<int>(threadIdx.x); i < kDigits; i += kThreads) digits[i] = 0;
    __syncthreads();
    for (int i = static_cast<int>(threadIdx.x); i < count; i += kThreads) {
      const unsigned bits = __float_as_uint(peaks[i].strength);
      const bool shares = shift + kDigitBits == 32 || bits >> (shift + kDigitBits) == prefix;
      if (shares) atomicAdd(digits + (bits >> shift) % kDigits, 1);
    }
    __syncthreads();
    if (threadIdx.x == 0) {
      found[0] = digit_of_rank(digits, rank);
      found[1] = rank;
    }
    __syncthreads();
    prefix = prefix << kDigitBits | static_cast<unsigned>(found[0]);
    rank = found[1];
  }
  return prefix;
}

// Grid (B): one block per clip.
__global__ void tuning_kernel(FeatureShape shape, Chunk chunk) {
  using N = Scalar<float>;
  __shared__ int digits[kDigits], found[2], histogram[kTuningBins];
  const int clip = static_cast<int>(blockIdx.x), count = chunk.peak_count[clip];
  const Peak* peaks = chunk.peaks + static_cast<long>(clip) * shape.peaks_of_clip;
  if (threadIdx.x < kTuningBins) histogram[threadIdx.x] = 0;
  __syncthreads();
  if (count > 0) {
    const unsigned least = median_bits(peaks, count, digits, found);
    for (int i = static_cast<int>(threadIdx.x); i < count; i += kThreads) {
      if (__float_as_uint(peaks[i].strength) < least) continue;
      const float x = semitones_and_half<N>(peaks[i].hertz);
      const int bin = static_cast<int>((x - floorf(x)) * static_cast<float>(kTuningBins));
      atomicAdd(histogram + min(bin, kTuningBins - 1), 1);
    }
  }
  __syncthreads();
  if (threadIdx.x != 0) return;
  int fullest = 0;
  for (int bin = 1; bin < kTuningBins; ++bin)
    if (histogram[bin] > histogram[fullest]) fullest = bin;
  chunk.tuning_bin[clip] = count > 0 ? fullest : kNoTuning;
}

}  // namespace

void estimate_tuning(const FeatureShape& shape, const Chunk& chunk, int clips, cudaStream_t stream) {
  launch(tuning_kernel,
         {dim3(static_cast<unsigned>(clips)), dim3(kThreads), 0, stream, "estimate the tuning"}, shape,
         chunk);
}

}  // namespace genretrack
