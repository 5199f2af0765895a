// The tempogram (Grosche, Mueller, Kurth, "Cyclic tempogram", 2010; librosa.feature.tempogram): how much the
// onset strength around a frame resembles itself some frames later.
#pragma once

#include "host/dsp/number.h"

namespace genretrack {

// Frames of the Hann window around each frame, and with that the lags, 0 to 383 frames.
inline constexpr int kTempogramLags = 384;
inline constexpr int kTempogramSide = kTempogramLags / 2;  // frames of the window before its centre

// Before and behind a clip, onset strength falls to zero along a line: `distance` frames from the clip's
// first or last frame, 1 to kTempogramSide.
template <class N>
GENRETRACK_LAW typename N::V onset_ramp(typename N::V edge, int distance) {
  return edge * N::of(static_cast<double>(kTempogramSide - distance) / kTempogramSide);
}

// What a frame's autocorrelation is multiplied by: maximum norm, as the largest is the one at lag 0, the
// window's energy. A window without onsets stays zero.
template <class N>
GENRETRACK_LAW typename N::V tempogram_scale(typename N::V energy) {
  return N::of(1) / (energy < N::of(1.17549435e-38) ? N::of(1) : energy);
}

}  // namespace genretrack
