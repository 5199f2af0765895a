// The chroma bank (Ellis, "Chroma feature analysis and synthesis", 2007; librosa.filters.chroma): each bin of
// a power spectrum is shared among the twelve pitch classes by Gaussians around its pitch.
#pragma once

#include <vector>

#include "host/dsp/number.h"

namespace genretrack {

// Weights (n_fft / 2 + 1, 12), C first. `tuning` is the deviation from A = 440 Hz in semitones.
std::vector<float> make_chroma_bank(int sample_rate, int n_fft, double tuning);

// What a frame's chroma values are multiplied by, from the largest of them: maximum norm. A frame below the
// smallest normal float32 counts as silent and stays as it is.
template <class N>
GENRETRACK_LAW typename N::V chroma_scale(typename N::V largest) {
  return N::of(1) / (largest < N::of(1.17549435e-38) ? N::of(1) : largest);
}

}  // namespace genretrack
