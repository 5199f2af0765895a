// Naive double-precision spectrogram, mel map, flux and MFCC, straight from their definitions. Shares no code
// with the product: a transform and its reference can only agree by both being right.
#pragma once

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>
#include <numbers>
#include <vector>

namespace genretrack::reference {

struct Matrix {
  std::size_t rows = 0, columns = 0;
  std::vector<double> values;
  Matrix(std::size_t r, std::size_t c) : rows(r), columns(c), values(r * c) {}
  double& operator()(std::size_t r, std::size_t c) { return values[r * columns + c]; }
  double operator()(std::size_t r, std::size_t c) const { return values[r * columns + c]; }
};

inline Matrix product(const Matrix& a, const Matrix& b) {
  Matrix c(a.rows, b.columns);
  for (std::size_t i = 0; i < a.rows; ++i)
    for (std::size_t k = 0; k < a.columns; ++k)
      if (a(i, k) != 0)
        for (std::size_t j = 0; j < b.columns; ++j) c(i, j) += a(i, k) * b(k, j);
  return c;
}

// Decimation in time: of every `stride`-th of the whole transform's values. `roots` are the whole's roots of
// unity.
inline void recursive_fft(const std::complex<double>* x, std::size_t stride,
                          const std::vector<std::complex<double>>& roots, std::complex<double>* result) {
  const std::size_t n = roots.size() / stride;
  if (n == 1) {
    *result = *x;
    return;
  }
  recursive_fft(x, 2 * stride, roots, result);
  recursive_fft(x + stride, 2 * stride, roots, result + n / 2);
  for (std::size_t k = 0; k < n / 2; ++k) {
    const auto even = result[k], turned = roots[k * stride] * result[k + n / 2];
    result[k] = even + turned;
    result[k + n / 2] = even - turned;
  }
}

enum class Padding { kZero, kReflect };

// The sample at a place that may lie outside: zero, or mirrored at the first and the last sample, which are
// not repeated (numpy's and torch's "reflect"), as often as it takes.
inline double padded(const std::vector<double>& x, long at, Padding padding) {
  const long last = long(x.size()) - 1;
  if (padding == Padding::kZero) return at >= 0 && at <= last ? x[std::size_t(at)] : 0;
  while (at < 0 || at > last) {
    if (last == 0) return x[0];
    at = at < 0 ? -at : 2 * last - at;
  }
  return x[std::size_t(at)];
}

// |STFT|^2 of centred frames and a periodic Hann window: (n_fft / 2 + 1, frames).
inline Matrix power_spectrogram(const std::vector<double>& x, int n_fft, int hop,
                                Padding padding = Padding::kZero) {
  const std::size_t frames = 1 + x.size() / std::size_t(hop), bins = std::size_t(n_fft) / 2 + 1;
  Matrix power(bins, frames);
  std::vector<std::complex<double>> roots, frame(2 * bins - 2), spectrum(2 * bins - 2);
  std::vector<double> hann;
  for (int n = 0; n < n_fft; ++n) {
    roots.push_back(std::polar(1.0, -2 * std::numbers::pi * n / n_fft));
    hann.push_back(std::pow(std::sin(std::numbers::pi * n / n_fft), 2));
  }
  for (std::size_t t = 0; t < frames; ++t) {
    for (std::size_t n = 0; n < frame.size(); ++n)
      frame[n] = padded(x, long(t) * hop + long(n) - n_fft / 2, padding) * hann[n];
    recursive_fft(frame.data(), 1, roots, spectrum.data());
    for (std::size_t k = 0; k < bins; ++k) power(k, t) = std::norm(spectrum[k]);
  }
  return power;
}

// Triangles of height one from corner to corner (in Hz), for bins from 0 to `highest` Hz: (n_mels, bins).
inline Matrix triangles(const std::vector<double>& corner, double highest, int n_fft) {
  Matrix weights(corner.size() - 2, std::size_t(n_fft) / 2 + 1);
  for (std::size_t m = 0; m < weights.rows; ++m)
    for (std::size_t k = 0; k < weights.columns; ++k) {
      const double f = double(k) * highest / (n_fft / 2), a = corner[m], b = corner[m + 1], c = corner[m + 2];
      weights(m, k) = f <= a || f >= c ? 0 : f <= b ? (f - a) / (b - a) : (c - f) / (c - b);
    }
  return weights;
}

// Slaney's scale, triangles of area one.
inline Matrix mel_weights(int rate, int n_fft, int n_mels) {
  const double log_base = 27 / std::log(6.4);
  auto to_mel = [&](double f) { return f < 1000 ? f * 3 / 200 : 15 + log_base * std::log(f / 1000); };
  auto to_hz = [&](double m) { return m < 15 ? m * 200 / 3 : 1000 * std::exp((m - 15) / log_base); };
  std::vector<double> corner;
  for (int i = 0; i < n_mels + 2; ++i) corner.push_back(to_hz(to_mel(rate / 2.0) * i / (n_mels + 1)));
  Matrix weights = triangles(corner, rate / 2.0, n_fft);
  for (std::size_t m = 0; m < weights.rows; ++m)
    for (std::size_t k = 0; k < weights.columns; ++k) weights(m, k) *= 2 / (corner[m + 2] - corner[m]);
  return weights;
}

// HTK's scale, height one. torchaudio takes the whole Hz below half the rate as the highest frequency, both
// of the bank and of the bins (sample_rate // 2).
inline Matrix htk_weights(int rate, int n_fft, int n_mels) {
  const double highest = double(rate / 2);
  std::vector<double> corner;
  for (int i = 0; i < n_mels + 2; ++i) {
    const double mel = 2595 * std::log10(1 + highest / 700) * i / (n_mels + 1);
    corner.push_back(700 * (std::pow(10, mel / 2595) - 1));
  }
  return triangles(corner, highest, n_fft);
}

// At most top_db below the largest value of the whole; infinite for no such floor.
inline Matrix to_decibel(Matrix power, double top_db = 80) {
  double top = -std::numeric_limits<double>::infinity();
  for (double& v : power.values) top = std::max(top, v = 10 * std::log10(std::max(v, 1e-10)));
  for (double& v : power.values) v = std::max(v, top - top_db);
  return power;
}

inline Matrix flux_of(const Matrix& db) {
  Matrix flux(db.rows, db.columns);
  for (std::size_t m = 0; m < db.rows; ++m)
    for (std::size_t t = 1; t < db.columns; ++t) flux(m, t) = std::max(0.0, db(m, t) - db(m, t - 1));
  return flux;
}

// (n_mfcc, frames); the lifter as librosa's, 0 for none.
inline Matrix mfcc_of(const Matrix& db, int n_mfcc, double lifter = 0) {
  Matrix cosines(std::size_t(n_mfcc), db.rows);
  const double n = double(db.rows);
  for (std::size_t c = 0; c < cosines.rows; ++c)
    for (std::size_t m = 0; m < db.rows; ++m)
      cosines(c, m) = std::cos(std::numbers::pi / n * (double(m) + 0.5) * double(c)) *
                      (c == 0 ? std::sqrt(1 / n) : std::sqrt(2 / n)) *
                      (lifter > 0 ? 1 + lifter / 2 * std::sin(std::numbers::pi * double(c + 1) / lifter) : 1);
  return product(cosines, db);
}

}  // namespace genretrack::reference
