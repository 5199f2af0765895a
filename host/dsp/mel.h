// The mel scale and the bank of triangles over the bins of a power spectrum: with profile librosa Slaney's,
// as librosa.filters.mel builds it (Slaney, Auditory Toolbox, 1998), with profile torchaudio the HTK book's,
// as torchaudio.functional.melscale_fbanks builds it.
#pragma once

#include <vector>

#include "host/dsp/feature_params.h"

namespace genretrack {

double hz_to_mel(double hz, Profile profile = Profile::kLibrosa);
double mel_to_hz(double mel, Profile profile = Profile::kLibrosa);

// A bank whose rows are short runs of neighbouring bins: band m weighs bins first[m], first[m] + 1, ... with
// weight[begin[m]] .. weight[begin[m + 1] - 1]. A band narrower than the distance of bins may be empty.
struct SparseBank {
  std::vector<int> first;     // (n_mels)
  std::vector<int> begin;     // (n_mels + 1)
  std::vector<float> weight;  // (begin[n_mels])
};

// `n_mels` triangles from 0 Hz to half the sample rate over n_fft / 2 + 1 bins, each of area 1 (in Hz) with
// profile librosa, of height 1 with torchaudio, which also takes half of an odd rate as a whole number.
SparseBank make_mel_bank(int sample_rate, int n_fft, int n_mels, Profile profile = Profile::kLibrosa);

}  // namespace genretrack
