// DCT of the floored mel bands.
#pragma once

#include <algorithm>

#include "host/cpu/features/lanes.h"
#include "host/cpu/features/workspace.h"

namespace genretrack {

// From w.db(), which is floored, into mfcc (n_mfcc, frames).
template <int L>
GENRETRACK_INLINE void mfcc_rows(const FeatureTables& t, Workspace& w, float* mfcc) {
  using A = Lanes<L>;
  for (int f = 0; f < t.frames; f += L)
    for (int first = 0; first < t.params.n_mfcc; first += kDctBlock) {
      typename A::V sum[kDctBlock]{};
      const float *db = w.db() + f, *weight = t.dct.data() + first;
      for (int m = 0; m < t.params.n_mels; ++m, db += w.db_stride, weight += t.dct_columns) {
        const typename A::V x = A::load(db);
        GENRETRACK_UNROLL
        for (int i = 0; i < kDctBlock; ++i) sum[i] += x * weight[i];
      }
      const int count = std::min(kDctBlock, t.params.n_mfcc - first);
      float* row = mfcc + std::size_t(first) * std::size_t(t.frames) + f;
      for (int i = 0; i < count; ++i, row += t.frames) A::store_first(row, sum[i], t.frames - f);
    }
}

}  // namespace genretrack
