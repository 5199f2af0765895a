// Harmonic and percussive parts of a spectrogram (Fitzgerald, "Harmonic/percussive separation using median
// filtering", 2010; librosa.decompose.hpss): what stays in time is harmonic, what stays over frequency
// percussive.
#pragma once

#include "host/dsp/number.h"

namespace genretrack {

inline constexpr int kMedianWidth = 31;  // frames and bins

// The place in 0 .. n - 1 that stands for place i outside: mirrored with the edge itself repeated, as often
// as it takes (scipy's "reflect").
GENRETRACK_LAW constexpr int reflected(int i, int n) {
  if (i >= 0 && i < n) return i;
  const int period = 2 * n;
  i = (i % period + period) % period;
  return i < n ? i : period - 1 - i;
}

// The share of a magnitude that belongs to `part`, from the medians of the two parts as powers: a soft mask
// of exponent 2 without margin. Halves where both are zero.
template <class N>
GENRETRACK_LAW typename N::V soft_mask(typename N::V part, typename N::V other) {
  const typename N::V both = part + other;
  return both > N::of(0) ? part / both : N::of(0.5);
}

}  // namespace genretrack
