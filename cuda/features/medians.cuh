// Running medians of 31 by minima and maxima. One thread computes the medians of sixteen neighbouring places:
// the sixteen elements that are in all of their windows are sorted once; halves of the places (8, 4, 2, 1)
// add the elements that only they have, as one sorted run, and keep the middle third of it, which holds their
// medians.
#pragma once

#include "cuda/core/launch.cuh"
#include "host/dsp/hpss.h"

namespace genretrack {

inline constexpr int kMedianPlaces = 16;
inline constexpr int kMedianElements = kMedianPlaces + kMedianWidth - 1;  // those that they look at
static_assert(kMedianWidth == 31, "what follows is for windows of 31");

__device__ inline void order(float& a, float& b) {
  const float low = fminf(a, b);
  b = fmaxf(a, b);
  a = low;
}

// Sorts N elements that rise and then fall, or the reverse.
template <int N>
__device__ inline void sort_bitonic(float* a) {
  if constexpr (N > 1) {
    GENRETRACK_UNROLL_CUDA
    for (int i = 0; i < N / 2; ++i) order(a[i], a[i + N / 2]);
    sort_bitonic<N / 2>(a);
    sort_bitonic<N / 2>(a + N / 2);
  }
}

// Sorts any N elements.
template <int N>
__device__ inline void sort(float* a) {
  if constexpr (N > 1) {
    sort<N / 2>(a);
    sort<N / 2>(a + N / 2);
    GENRETRACK_UNROLL_CUDA
    for (int i = 0; i < N / 2; ++i) order(a[i], a[N - 1 - i]);  // as if the upper half fell: bitonic halves
    sort_bitonic<N / 2>(a);
    sort_bitonic<N / 2>(a + N / 2);
  }
}

// The medians of N places from `Place` on, into out[0 .. N). `core` holds the N elements, sorted, among which
// all of them are; `x` is what place 0 looks at, from 15 elements before it on.
template <int N, int Place>
__device__ inline void narrow_medians(const float* core, const float* x, float* out) {
  if constexpr (N == 1) {
    out[0] = core[0];
  } else {
    constexpr int M = N / 2, kBefore = kMedianWidth / 2;
    GENRETRACK_UNROLL_CUDA
    for (int half = 0; half < 2; ++half) {
      const float* more = x + kBefore + (half == 0 ? Place + M - 16 : Place + 16);
      float run[M], middle[M];
      GENRETRACK_UNROLL_CUDA
      for (int i = 0; i < M; ++i) run[i] = more[i];
      sort<M>(run);
      // Without the M largest of all, then without the M smallest.
      GENRETRACK_UNROLL_CUDA
      for (int i = 0; i < M; ++i) middle[i] = fminf(core[M + i], run[M - 1 - i]);
      sort_bitonic<M>(middle);
      GENRETRACK_UNROLL_CUDA
      for (int i = 0; i < M; ++i) run[i] = fmaxf(core[i], middle[M - 1 - i]);
      sort_bitonic<M>(run);
      if (half == 0)
        narrow_medians<M, Place>(run, x, out);
      else
        narrow_medians<M, Place + M>(run, x, out + M);
    }
  }
}

// From kMedianElements elements, of which the first is 15 before the first place, kMedianPlaces medians.
__device__ inline void running_medians(const float* x, float* out) {
  float core[kMedianPlaces];
  GENRETRACK_UNROLL_CUDA
  for (int i = 0; i < kMedianPlaces; ++i) core[i] = x[kMedianWidth / 2 + i];
  sort<kMedianPlaces>(core);
  narrow_medians<kMedianPlaces, 0>(core, x, out);
}

}  // namespace genretrack
