// The spectrogram on a linear frequency axis: every bin in decibel.
#pragma once

#include <algorithm>

#include "host/cpu/features/lanes.h"
#include "host/cpu/features/workspace.h"
#include "host/dsp/decibel.h"

namespace genretrack {

// One group's power (bins, L) in dB, not yet floored, into column `frame` of spectrogram (bins, frames); the
// largest of each frame into top (L).
template <int L>
GENRETRACK_INLINE void linear_bins(const FeatureTables& t, const float* power, int frame, float* spectrogram,
                                   float* top) {
  using A = Lanes<L>;
  typename A::V largest = A::of(-1e9);
  float* out = spectrogram + frame;
  for (int k = 0; k < t.bins; ++k, out += t.frames) {
    const typename A::V value = decibel<A>(A::load(power + k * L));
    A::store_first(out, value, t.frames - frame);
    largest = A::max(largest, value);
  }
  A::store(top, largest);
}

// Floors `count` values in place.
GENRETRACK_INLINE void floor_values(float floor_db, float* values, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) values[i] = floored<Scalar<float>>(values[i], floor_db);
}

}  // namespace genretrack
