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

// Decimation in time, out of place.
inline std::vector<std::complex<double>> recursive_fft(const std::vector<std::complex<double>>& x) {
  const std::size_t n = x.size();
  if (n == 1) return x;
  std::vector<std::complex<double>> even, odd, result(n);
  for (std::size_t i = 0; i < n; i += 2) {
    even.push_back(x[i]);
    odd.push_back(x[i + 1]);
  }
  even = recursive_fft(even);
  odd = recursive_fft(odd);
  for (std::size_t k = 0; k < n / 2; ++k) {
    const auto turned = std::polar(1.0, -2 * std::numbers::pi * double(k) / double(n)) * odd[k];
    result[k] = even[k] + turned;
    result[k + n / 2] = even[k] - turned;
  }
  return result;
}

// |STFT|^2 of centred frames with zeros at both ends and a periodic Hann window: (n_fft / 2 + 1, frames).
inline Matrix power_spectrogram(const std::vector<double>& x, int n_fft, int hop) {
  const std::size_t frames = 1 + x.size() / std::size_t(hop), bins = std::size_t(n_fft) / 2 + 1;
  Matrix power(bins, frames);
  for (std::size_t t = 0; t < frames; ++t) {
    std::vector<std::complex<double>> frame;
    for (int n = 0; n < n_fft; ++n) {
      const long at = long(t) * hop + n - n_fft / 2;
      const double hann = std::pow(std::sin(std::numbers::pi * n / n_fft), 2);
      frame.push_back(at >= 0 && at < long(x.size()) ? x[std::size_t(at)] * hann : 0.0);
    }
    const auto spectrum = recursive_fft(frame);
    for (std::size_t k = 0; k < bins; ++k) power(k, t) = std::norm(spectrum[k]);
  }
  return power;
}

// Slaney's scale, triangles of area one: (n_mels, bins).
inline Matrix mel_weights(int rate, int n_fft, int n_mels) {
  const double log_base = 27 / std::log(6.4);
  auto to_mel = [&](double f) { return f < 1000 ? f * 3 / 200 : 15 + log_base * std::log(f / 1000); };
  auto to_hz = [&](double m) { return m < 15 ? m * 200 / 3 : 1000 * std::exp((m - 15) / log_base); };
  std::vector<double> corner;
  for (int i = 0; i < n_mels + 2; ++i) corner.push_back(to_hz(to_mel(rate / 2.0) * i / (n_mels + 1)));
  Matrix weights(std::size_t(n_mels), std::size_t(n_fft) / 2 + 1);
  for (std::size_t m = 0; m < weights.rows; ++m)
    for (std::size_t k = 0; k < weights.columns; ++k) {
      const double f = double(k) * rate / n_fft, a = corner[m], b = corner[m + 1], c = corner[m + 2];
      const double height = f <= a || f >= c ? 0 : f <= b ? (f - a) / (b - a) : (c - f) / (c - b);
      weights(m, k) = height * 2 / (c - a);
    }
  return weights;
}

inline Matrix to_decibel(Matrix power) {
  double top = -std::numeric_limits<double>::infinity();
  for (double& v : power.values) top = std::max(top, v = 10 * std::log10(std::max(v, 1e-10)));
  for (double& v : power.values) v = std::max(v, top - 80);
  return power;
}

inline Matrix flux_of(const Matrix& db) {
  Matrix flux(db.rows, db.columns);
  for (std::size_t m = 0; m < db.rows; ++m)
    for (std::size_t t = 1; t < db.columns; ++t) flux(m, t) = std::max(0.0, db(m, t) - db(m, t - 1));
  return flux;
}

inline Matrix mfcc_of(const Matrix& db, int n_mfcc) {
  Matrix cosines(std::size_t(n_mfcc), db.rows);
  const double n = double(db.rows);
  for (std::size_t c = 0; c < cosines.rows; ++c)
    for (std::size_t m = 0; m < db.rows; ++m)
      cosines(c, m) = std::cos(std::numbers::pi / n * (double(m) + 0.5) * double(c)) *
                      (c == 0 ? std::sqrt(1 / n) : std::sqrt(2 / n));
  return product(cosines, db);
}

}  // namespace genretrack::reference
