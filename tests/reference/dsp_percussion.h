// Naive onset strength, tempogram and percussive part; see dsp_spectrum.h.
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "tests/reference/dsp_spectrum.h"

namespace genretrack::reference {

inline constexpr int kTempogramWindow = 384, kMedianWidth = 31;

// The mean rise over the bands, one frame late for the difference and n_fft / (2 hop) for the frames'
// centring, cut to the length of the map: zeros first (librosa.onset.onset_strength with the clip's n_fft and
// hop).
inline std::vector<double> onset_strength(const Matrix& flux, int n_fft, int hop) {
  std::vector<double> onset(flux.columns);
  const auto late = std::size_t(n_fft / (2 * hop));
  for (std::size_t t = late; t < flux.columns; ++t) {
    for (std::size_t m = 0; m < flux.rows; ++m) onset[t] += flux(m, t - late);
    onset[t] /= double(flux.rows);
  }
  return onset;
}

// Outside, the first and the last value fall to zero along a line of half a window.
inline double ramped(const std::vector<double>& onset, long at) {
  const long half = kTempogramWindow / 2, last = long(onset.size()) - 1;
  if (at < 0) return onset.front() * double(half + at) / double(half);
  if (at > last) return onset.back() * double(half - (at - last)) / double(half);
  return onset[std::size_t(at)];
}

// (384 lags, frames): products of a Hann window of onsets around each frame with itself, not normalised.
inline Matrix autocorrelations(const std::vector<double>& onset) {
  Matrix result(kTempogramWindow, onset.size());
  for (std::size_t t = 0; t < onset.size(); ++t) {
    std::vector<double> windowed;
    for (int i = 0; i < kTempogramWindow; ++i)
      windowed.push_back(std::pow(std::sin(std::numbers::pi * i / kTempogramWindow), 2) *
                         ramped(onset, long(t) + i - kTempogramWindow / 2));
    for (std::size_t lag = 0; lag < windowed.size(); ++lag)
      for (std::size_t i = lag; i < windowed.size(); ++i) result(lag, t) += windowed[i] * windowed[i - lag];
  }
  return result;
}

// Each frame divided by its largest value; a frame of zeros stays.
inline Matrix tempogram(const std::vector<double>& onset) {
  Matrix result = autocorrelations(onset);
  for (std::size_t t = 0; t < result.columns; ++t) {
    double top = 0;
    for (std::size_t lag = 0; lag < result.rows; ++lag) top = std::max(top, result(lag, t));
    if (top < 1.17549435e-38) continue;
    for (std::size_t lag = 0; lag < result.rows; ++lag) result(lag, t) /= top;
  }
  return result;
}

// An index mirrored at the ends, which are repeated (scipy's "reflect"), as often as it takes.
inline std::size_t mirrored(long at, std::size_t size) {
  while (at < 0 || at >= long(size)) at = at < 0 ? -1 - at : 2 * long(size) - 1 - at;
  return std::size_t(at);
}

// Medians of 31 values along time or along frequency.
inline Matrix medians(const Matrix& map, bool along_time) {
  Matrix result(map.rows, map.columns);
  std::vector<double> window(kMedianWidth);
  for (std::size_t r = 0; r < map.rows; ++r)
    for (std::size_t t = 0; t < map.columns; ++t) {
      for (int i = 0; i < kMedianWidth; ++i) {
        const long off = i - kMedianWidth / 2;
        window[std::size_t(i)] = along_time ? map(r, mirrored(long(t) + off, map.columns))
                                            : map(mirrored(long(r) + off, map.rows), t);
      }
      std::nth_element(window.begin(), window.begin() + kMedianWidth / 2, window.end());
      result(r, t) = window[kMedianWidth / 2];
    }
  return result;
}

// A part's share by its median and the other's: squares compared; half where there is neither.
inline double share(double own, double other) {
  const double top = std::max(own, other);
  if (top < 1.17549435e-38) return 0.5;
  const double a = own / top, b = other / top;
  return a * a / (a * a + b * b);
}

// librosa.decompose.hpss of a magnitude map: its first result, or its second.
inline Matrix part_of(const Matrix& magnitude, bool harmonic) {
  const Matrix own = medians(magnitude, harmonic), other = medians(magnitude, !harmonic);
  Matrix result = magnitude;
  for (std::size_t i = 0; i < result.values.size(); ++i)
    result.values[i] *= share(own.values[i], other.values[i]);
  return result;
}

}  // namespace genretrack::reference
