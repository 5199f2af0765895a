// Differences over time (librosa.feature.delta with width 9): the first or second derivative of the
// polynomial of that degree which fits nine neighbouring frames best (Savitzky, Golay, 1964).
#pragma once

#include <array>
#include <cstddef>

namespace genretrack {

inline constexpr int kDeltaWidth = 9;  // frames
inline constexpr int kDeltaSide = kDeltaWidth / 2;

// The weights of frames f - 4 .. f + 4, for order 1 or 2. The derivative of that order is the same all along
// the polynomial, so the four frames at either end of a clip get the value of the fifth (mode "interp").
constexpr std::array<double, kDeltaWidth> delta_weights(int order) {
  std::array<double, kDeltaWidth> weights{};
  for (int i = -kDeltaSide; i <= kDeltaSide; ++i)
    weights[static_cast<std::size_t>(i + kDeltaSide)] = order == 1 ? i / 60.0 : (3.0 * i * i - 20) / 462;
  return weights;
}

}  // namespace genretrack
