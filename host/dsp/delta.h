// Differences over time (librosa.feature.delta with width 9): the first or second derivative of the
// polynomial of that degree which fits nine neighbouring frames best (Savitzky, Golay, 1964).
#pragma once

#include <array>

namespace genretrack {

inline constexpr int kDeltaWidth = 9;  // frames
inline constexpr int kDeltaSide = kDeltaWidth / 2;

// The weights of frames f - 4 .. f + 4, for order 1 or 2. The derivative of that order is the same all along
// the polynomial, so the four frames at either end of a clip get the value of the fifth (mode "interp").
constexpr std::array<double, kDeltaWidth> delta_weights(int order) {
  std::array<double, kDeltaWidth> weights{};
  double i = -kDeltaSide;
  for (double& weight : weights) {
    weight = order == 1 ? i / 60 : (3 * i * i - 20) / 462;
    ++i;
  }
  return weights;
}

}  // namespace genretrack
