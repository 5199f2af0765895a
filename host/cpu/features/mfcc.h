// DCT of the mel bands, and differences over time.
#pragma once

#include <algorithm>

#include "host/cpu/features/lanes.h"
#include "host/cpu/features/workspace.h"
#include "host/dsp/decibel.h"
#include "host/dsp/delta.h"

namespace genretrack {

// From w.db(), floored at `floor_db`, into mfcc (n_mfcc, frames).
template <int L>
GENRETRACK_INLINE void mfcc_rows(const FeatureTables& t, float floor_db, Workspace& w, float* mfcc) {
  using A = Lanes<L>;
  const typename A::V low = A::of(floor_db);
  for (int f = 0; f < t.frames; f += L)
    for (int first = 0; first < t.params.n_mfcc; first += kDctBlock) {
      typename A::V sum[kDctBlock]{};
      const float *db = w.db() + f, *weight = t.dct.data() + first;
      for (int m = 0; m < t.params.n_mels; ++m, db += w.db_stride, weight += t.dct_columns) {
        const typename A::V x = floored<A>(A::load(db), low);
        GENRETRACK_UNROLL
        for (int i = 0; i < kDctBlock; ++i) sum[i] += x * weight[i];
      }
      const int count = std::min(kDctBlock, t.params.n_mfcc - first);
      float* row = mfcc + std::size_t(first) * std::size_t(t.frames) + f;
      for (int i = 0; i < count; ++i, row += t.frames) A::store_first(row, sum[i], t.frames - f);
    }
}

// Differences of one row over `frames` frames, 9 at least.
GENRETRACK_INLINE void delta_row(const float* weights, const float* row, int frames, float* out) {
  for (int f = kDeltaSide; f < frames - kDeltaSide; ++f) {
    float sum = 0;
    GENRETRACK_UNROLL
    for (int i = 0; i < kDeltaWidth; ++i) sum += weights[i] * row[f + i - kDeltaSide];
    out[f] = sum;
  }
  std::fill_n(out, kDeltaSide, out[kDeltaSide]);
  std::fill_n(out + frames - kDeltaSide, kDeltaSide, out[frames - kDeltaSide - 1]);
}

// The orders of differences that the parameters ask for, behind the n_mfcc rows of `mfcc`.
GENRETRACK_INLINE void delta_rows(const FeatureTables& t, float* mfcc) {
  float* out = mfcc + std::size_t(t.params.n_mfcc) * std::size_t(t.frames);
  for (int order = 1; order <= t.params.deltas; ++order) {
    const float* row = mfcc;
    for (int c = 0; c < t.params.n_mfcc; ++c, row += t.frames, out += t.frames)
      delta_row(t.delta[std::size_t(order - 1)].data(), row, t.frames, out);
  }
}

}  // namespace genretrack
