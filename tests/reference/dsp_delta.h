// Naive differences over time, as librosa.feature.delta(width=9, mode="interp"); see dsp_spectrum.h.
#pragma once

#include <algorithm>
#include <array>

#include "tests/reference/dsp_spectrum.h"

namespace genretrack::reference {

inline constexpr std::size_t kDeltaWidth = 9;

// The coefficients of the polynomial of that degree (1 or 2) which is nearest to nine values at -4 .. 4.
// Powers are made orthogonal to each other: 1, x, x^2 - 20 / 3 (the mean of x^2).
inline std::array<double, 3> fit(const std::array<double, kDeltaWidth>& y, int degree) {
  std::array<double, 3> along{}, squares{};
  for (int x = -4; x <= 4; ++x) {
    const std::array<double, 3> basis = {1, double(x), x * x - 20.0 / 3};
    for (std::size_t i = 0; i < 3; ++i) {
      along[i] += basis[i] * y[std::size_t(x + 4)];
      squares[i] += basis[i] * basis[i];
    }
  }
  const double b = along[1] / squares[1], c = degree == 2 ? along[2] / squares[2] : 0;
  return {along[0] / squares[0] - c * 20 / 3, b, c};
}

// The order-th derivative, per frame, of the polynomial of that degree through the nine frames around it;
// near the ends, of the polynomial through the first or the last nine. At least nine frames.
inline Matrix delta_of(const Matrix& rows, int order) {
  Matrix delta(rows.rows, rows.columns);
  const long last_start = long(rows.columns) - long(kDeltaWidth);
  for (std::size_t r = 0; r < rows.rows; ++r)
    for (std::size_t t = 0; t < rows.columns; ++t) {
      const auto start = std::size_t(std::clamp(long(t) - 4, 0L, last_start));
      std::array<double, kDeltaWidth> y{};
      for (std::size_t i = 0; i < kDeltaWidth; ++i) y[i] = rows(r, start + i);
      const auto polynomial = fit(y, order);
      delta(r, t) = order == 1 ? polynomial[1] : 2 * polynomial[2];
    }
  return delta;
}

}  // namespace genretrack::reference
