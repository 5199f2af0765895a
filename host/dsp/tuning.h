// The tuning of a clip (librosa.estimate_tuning): spectral peaks, refined by a parabola, are sorted into a
// histogram of their distance from the nearest semitone; the fullest bin is the tuning.
#pragma once

#include "host/dsp/number.h"

namespace genretrack {

inline constexpr double kLowestPitch = 150, kHighestPitch = 4000;  // Hz; the highest is not included
inline constexpr double kPeakThreshold = 0.1;                      // of the frame's largest power
inline constexpr int kTuningBins = 100;                            // over one semitone
inline constexpr int kNoTuning = kTuningBins / 2;                  // the bin of no deviation
inline constexpr double kLowestA = 27.5;                           // Hz

// Deviation in semitones, in [-0.5, 0.5): the left edge of a histogram bin.
constexpr double tuning_of_bin(int bin) { return static_cast<double>(bin - kNoTuning) / kTuningBins; }

struct PitchBins {
  int first, last;  // inclusive; none where first > last
};
// The bins of a spectrum in which peaks count.
PitchBins pitch_bins(int sample_rate, int n_fft);

// Where the parabola through three neighbouring powers has its top, in bins from the middle one, which is a
// peak; 0 where that is a whole bin away or more.
template <class N>
GENRETRACK_LAW typename N::V peak_shift(typename N::V left, typename N::V middle, typename N::V right) {
  const typename N::V curve = right + left - N::of(2) * middle, slope = (right - left) * N::of(0.5);
  return N::max(slope, -slope) < -curve ? -slope / curve : N::of(0);
}

// The power at that top.
template <class N>
GENRETRACK_LAW typename N::V peak_strength(typename N::V left, typename N::V middle, typename N::V right,
                                           typename N::V shift) {
  return middle + N::of(0.25) * (right - left) * shift;
}

// Semitones above the lowest A and half a semitone: its fraction, times kTuningBins, is the histogram's bin.
template <class N>
GENRETRACK_LAW typename N::V semitones_and_half(typename N::V hertz) {
  return N::ten_log10(hertz * N::of(1 / kLowestA)) * N::of(12 / 3.01029995663981195) + N::of(0.5);
}

}  // namespace genretrack
