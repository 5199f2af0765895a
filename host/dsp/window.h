#pragma once

#include <vector>

namespace genretrack {

// The periodic Hann window of `length` samples: 0.5 - 0.5 cos(2 pi n / length).
std::vector<double> hann_window(int length);

}  // namespace genretrack
