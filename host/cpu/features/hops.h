// Samples into lanes. Frame f is hops f, f + 1, ..., so each hop is transposed once, not once per frame.
#pragma once

#include "host/cpu/features/lanes.h"
#include "host/cpu/features/workspace.h"

namespace genretrack {

// Takes the next L hops from `samples`, L * hop_length of them; up to L behind those are read, too, and come
// to nothing. The hops held move L columns on, and the new ones become the last.
template <int L, class Sample>
GENRETRACK_INLINE void push_hops(const Sample* samples, int hop_length, Workspace& w) {
  using A = Lanes<L>;
  const int stride = w.hop_stride;
  for (int n = 0; n < hop_length; n += L) {
    typename A::V block[L];
    GENRETRACK_UNROLL
    for (int h = 0; h < L; ++h) block[h] = A::load(samples + h * hop_length + n);
    A::transpose(block);
    float* row = w.hops.data() + static_cast<std::size_t>(n) * static_cast<std::size_t>(stride);
    GENRETRACK_UNROLL
    for (int i = 0; i < L; ++i, row += stride) {
      for (int c = 0; c + L < stride; c += L) A::store(row + c, A::load(row + c + L));
      A::store(row + stride - L, block[i]);
    }
  }
}

}  // namespace genretrack
