#pragma once

#include <vector>

namespace genretrack {

// The first `n_mfcc` rows of the orthonormal DCT-II over `n_mels` bands, (n_mfcc, n_mels) row-major.
std::vector<double> make_dct(int n_mfcc, int n_mels);

}  // namespace genretrack
