// How far float32 rounding may move a map in decibels. A band 150 dB below the loudest is rounding noise in
// float32, in librosa and torchaudio as here, so no fixed number of decibels can hold for it. Every step from
// the magnitudes to a map only grows or only falls with each magnitude. So a transform of the least and of
// the largest possible magnitudes bounds every value rigorously, and a test allows its tolerance around those
// bounds.
#pragma once

#include <algorithm>
#include <cmath>

#include "tests/reference/dsp_percussion.h"
#include "tests/reference/dsp_spectrum.h"

namespace genretrack::reference {

struct Bounds {
  Matrix low, high;
};

inline Matrix map_of(Matrix map, double (*law)(double)) {
  for (double& v : map.values) v = law(v);
  return map;
}
inline Matrix squares(const Matrix& map) {
  return map_of(map, [](double v) { return v * v; });
}
inline Matrix roots(const Matrix& map) {
  return map_of(map, [](double v) { return std::sqrt(v); });
}

// What rounding may add to a bin, in units of half a unit in the last place:
// - An FFT's rounding spreads over the bins in proportion to the frame's root mean square. The largest
// measured is 11
//   of these units in torch 2.11 and 6 in librosa 0.11 (44,113 samples of noise, n_fft 2048).
// - Under a steady tone the same rounding repeats and meets in few bins: a third of the largest bin's, in
// torch 2.11.
// - A bin's own size is rounded, and that of the bin as far from the other end, where a real FFT is made from
// a complex
//   one of half the length.
inline constexpr double kFrameRoundings = 12, kLargestRoundings = 0.5, kBinRoundings = 4;

inline Bounds magnitude_bounds(const Matrix& magnitude) {
  Bounds bounds{magnitude, magnitude};
  for (std::size_t t = 0; t < magnitude.columns; ++t) {
    double energy = 0, largest = 0;
    for (std::size_t k = 0; k < magnitude.rows; ++k) {
      energy += magnitude(k, t) * magnitude(k, t);
      largest = std::max(largest, magnitude(k, t));
    }
    const double spread =
        kFrameRoundings * std::sqrt(energy / double(magnitude.rows)) + kLargestRoundings * largest;
    for (std::size_t k = 0; k < magnitude.rows; ++k) {
      const double both = magnitude(k, t) + magnitude(magnitude.rows - 1 - k, t);
      const double noise = 0x1p-24 * (spread + kBinRoundings * both);
      bounds.low(k, t) = std::max(0.0, magnitude(k, t) - noise);
      bounds.high(k, t) = magnitude(k, t) + noise;
    }
  }
  return bounds;
}

inline Bounds flux_bounds(const Bounds& db) {
  Bounds flux{Matrix(db.low.rows, db.low.columns), Matrix(db.low.rows, db.low.columns)};
  for (std::size_t m = 0; m < db.low.rows; ++m)
    for (std::size_t t = 1; t < db.low.columns; ++t) {
      flux.low(m, t) = std::max(0.0, db.low(m, t) - db.high(m, t - 1));
      flux.high(m, t) = std::max(0.0, db.high(m, t) - db.low(m, t - 1));
    }
  return flux;
}

inline Bounds tempogram_bounds(const Bounds& flux, int n_fft, int hop) {
  Bounds result{autocorrelations(onset_strength(flux.low, n_fft, hop)),
                autocorrelations(onset_strength(flux.high, n_fft, hop))};
  for (std::size_t t = 0; t < result.low.columns; ++t) {
    const double least = result.low(0, t), most = result.high(0, t);  // lag 0 is the largest
    for (std::size_t lag = 0; lag < result.low.rows; ++lag) {
      result.low(lag, t) = most > 0 ? result.low(lag, t) / most : 0;
      result.high(lag, t) = most > 0 ? std::min(1.0, least > 0 ? result.high(lag, t) / least : 1) : 0;
    }
  }
  return result;
}

inline Bounds part_bounds(const Bounds& magnitude, bool harmonic) {
  const Bounds own{medians(magnitude.low, harmonic), medians(magnitude.high, harmonic)};
  const Bounds other{medians(magnitude.low, !harmonic), medians(magnitude.high, !harmonic)};
  Bounds result = magnitude;
  for (std::size_t i = 0; i < result.low.values.size(); ++i) {
    result.low.values[i] *= share(own.low.values[i], other.high.values[i]);
    result.high.values[i] *= share(own.high.values[i], other.low.values[i]);
  }
  return result;
}

}  // namespace genretrack::reference
