// Power to mel bands in decibel, then their floor and flux.
#pragma once

#include "host/cpu/features/lanes.h"
#include "host/cpu/features/workspace.h"
#include "host/dsp/decibel.h"
#include "host/dsp/flux.h"

namespace genretrack {

// The mel bands of one group's power (bins, L) in dB, not yet floored, into column `frame` of w.db(); the
// largest of each frame into top (L).
template <int L>
GENRETRACK_INLINE void mel_bands(const FeatureTables& t, const float* power, int frame, Workspace& w,
                                 float* top) {
  using A = Lanes<L>;
  using V = typename A::V;
  V largest = A::of(-1e9);
  const float* weight = t.mel.weight.data();
  float* db = w.db() + frame;
  for (int m = 0; m < t.params.n_mels; ++m, db += w.db_stride) {
    V even{}, odd{};  // two sums, for the latency of the additions
    const float* bin = power + t.mel.first[std::size_t(m)] * L;
    int i = t.mel.begin[std::size_t(m)];
    const int end = t.mel.begin[std::size_t(m) + 1];
    for (; i + 1 < end; i += 2, bin += 2 * L) {
      even += weight[i] * A::load(bin);
      odd += weight[i + 1] * A::load(bin + L);
    }
    if (i < end) even += weight[i] * A::load(bin);
    const V value = decibel<A>(even + odd);
    A::store(db, value);
    largest = A::max(largest, value);
  }
  A::store(top, largest);
}

// Floors all of w.db() in place, and writes the bands and their flux, both (n_mels, frames), either of which
// may be left out as nullptr.
template <int L>
GENRETRACK_INLINE void floor_and_flux(const FeatureTables& t, float floor_db, Workspace& w, float* bands,
                                      float* flux) {
  using A = Lanes<L>;
  using V = typename A::V;
  const V low = A::of(floor_db);
  float* db = w.db();
  for (int m = 0; m < t.params.n_mels; ++m, db += w.db_stride) {
    db[-1] = db[0];
    for (int f = 0; f < t.frames; f += L) {
      const V now = floored<A>(A::load(db + f), low), before = floored<A>(A::load(db + f - 1), low);
      A::store(db + f, now);
      if (bands != nullptr) A::store_first(bands + f, now, t.frames - f);
      if (flux != nullptr) A::store_first(flux + f, rectified_flux<A>(now, before), t.frames - f);
    }
    if (bands != nullptr) bands += t.frames;
    if (flux != nullptr) flux += t.frames;
  }
}

}  // namespace genretrack
