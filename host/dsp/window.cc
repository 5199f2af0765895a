#include "host/dsp/window.h"

#include <cmath>
#include <numbers>

namespace genretrack {

std::vector<double> hann_window(int length) {
  std::vector<double> window(static_cast<std::size_t>(length));
  for (int n = 0; n < length; ++n)
    window[static_cast<std::size_t>(n)] = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * n / length);
  return window;
}

}  // namespace genretrack
