#pragma once

#include <vector>

namespace genretrack {

// The first `n_mfcc` rows of the orthonormal DCT-II over `n_mels` bands, (n_mfcc, n_mels) row-major.
std::vector<double> make_dct(int n_mfcc, int n_mels);

// What coefficient c is multiplied by: the sinusoidal lifter of librosa.feature.mfcc, which raises the higher
// coefficients; 1 for a lifter of 0.
double lifter_weight(int c, double lifter);

}  // namespace genretrack
