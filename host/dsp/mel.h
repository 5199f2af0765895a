// Slaney's mel scale and the bank of triangles over the bins of a power spectrum, as librosa.filters.mel
// builds it (Slaney, Auditory Toolbox, 1998).
#pragma once

#include <vector>

namespace genretrack {

double hz_to_mel(double hz);
double mel_to_hz(double mel);

// A bank whose rows are short runs of neighbouring bins: band m weighs bins first[m], first[m] + 1, ... with
// weight[begin[m]] .. weight[begin[m + 1] - 1]. A band narrower than the distance of bins may be empty.
struct SparseBank {
  std::vector<int> first;     // (n_mels)
  std::vector<int> begin;     // (n_mels + 1)
  std::vector<float> weight;  // (begin[n_mels])
};

// `n_mels` triangles from 0 Hz to half the sample rate, each of area 1 (in Hz), over n_fft / 2 + 1 bins.
SparseBank make_mel_bank(int sample_rate, int n_fft, int n_mels);

}  // namespace genretrack
