#include "host/dsp/dct.h"

#include <cmath>
#include <numbers>

namespace genretrack {

std::vector<double> make_dct(int n_mfcc, int n_mels) {
  std::vector<double> table;
  table.reserve(static_cast<std::size_t>(n_mfcc) * static_cast<std::size_t>(n_mels));
  for (int c = 0; c < n_mfcc; ++c)
    for (int m = 0; m < n_mels; ++m)
      table.push_back(std::cos(std::numbers::pi * c * (m + 0.5) / n_mels) *
                      std::sqrt((c == 0 ? 1.0 : 2.0) / n_mels));
  return table;
}

double lifter_weight(int c, double lifter) {
  return lifter == 0 ? 1 : 1 + lifter / 2 * std::sin(std::numbers::pi * (c + 1) / lifter);
}

}  // namespace genretrack
