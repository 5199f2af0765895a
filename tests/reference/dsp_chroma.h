// Naive double-precision tuning and chromagram; see dsp_spectrum.h.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "tests/reference/dsp_spectrum.h"

namespace genretrack::reference {

struct TuningEstimate {
  double semitones = 0;              // left edge of the fullest of 100 bins
  std::array<int, 100> histogram{};  // from -0.5 up
  int doubtful = 0;                  // peaks that rounding may make or unmake, in any bin

  // The estimate, and other bins that are as full but for 1 % and doubtful peaks: rounding may pick any of
  // them.
  std::vector<double> candidates() const {
    std::vector<double> result;
    const int fullest = *std::max_element(histogram.begin(), histogram.end());
    for (std::size_t i = 0; i < histogram.size(); ++i)
      if (fullest + doubtful > 0 && histogram[i] >= 0.99 * fullest - doubtful)
        result.push_back(double(i) / 100 - 0.5);
    return result.empty() ? std::vector<double>{0} : result;
  }
};

// Whether float32 rounding may decide if b, of a frame with that largest power, is a peak between a and c.
inline bool doubtful_peak(double a, double b, double c, double top) {
  const double noise = 1e-6 * top;
  const bool may = b > 0.1 * top - noise && b > a - noise && b >= c - noise;
  const bool must = b > 0.1 * top + noise && b > a + noise && b >= c + noise;
  return top > 0 && may && !must;
}

inline TuningEstimate estimate_tuning(const Matrix& power, int rate, int n_fft) {
  TuningEstimate result;
  std::vector<std::array<double, 2>> peaks;  // strength, Hz
  for (std::size_t t = 0; t < power.columns; ++t) {
    double top = 0;
    for (std::size_t k = 0; k < power.rows; ++k) top = std::max(top, power(k, t));
    for (std::size_t k = 1; k < power.rows; ++k) {
      const double f = double(k) * rate / n_fft, a = power(k - 1, t), b = power(k, t);
      const bool last = k + 1 == power.rows;
      const double c = last ? b : power(k + 1, t);
      if (f < 150 || f >= 4000) continue;
      result.doubtful += doubtful_peak(a, b, c, top) ? 1 : 0;
      if (b <= 0.1 * top || b <= a || b < c) continue;
      const double curve = a - 2 * b + c, slope = (c - a) / 2;
      const double shift = last || std::abs(slope) >= std::abs(curve) ? 0 : -slope / curve;
      peaks.push_back({b + 0.5 * slope * shift, (double(k) + shift) * rate / n_fft});
    }
  }
  if (peaks.empty()) return result;
  std::sort(peaks.begin(), peaks.end());
  const std::size_t n = peaks.size();
  const double median = (peaks[(n - 1) / 2][0] + peaks[n / 2][0]) / 2;
  for (const auto& [strength, hz] : peaks) {
    if (strength < median) continue;
    const double semitones = 12 * std::log2(hz / 440);
    const double residual = semitones - std::floor(semitones + 0.5);  // [-0.5, 0.5)
    ++result.histogram[std::size_t(std::clamp(int(std::floor((residual + 0.5) * 100)), 0, 99))];
  }
  const auto fullest = std::max_element(result.histogram.begin(), result.histogram.end());
  result.semitones = double(fullest - result.histogram.begin()) / 100 - 0.5;
  return result;
}

// (12, bins), C first.
inline Matrix chroma_weights(int rate, int n_fft, double tuning) {
  Matrix weights(12, std::size_t(n_fft) / 2 + 1);
  const double a0 = 440.0 / 16 * std::pow(2.0, tuning / 12);
  auto semitones = [&](double k) { return 12 * std::log2(k * rate / n_fft / a0); };
  for (std::size_t k = 0; k < weights.columns; ++k) {
    const double at = k == 0 ? semitones(1) - 18 : semitones(double(k));
    const double width = std::max(1.0, semitones(double(k + 1)) - at);
    std::array<double, 12> share{};
    double squares = 0;
    for (int c = 0; c < 12; ++c) {
      const double x = at - c + 126, d = x - 12 * std::floor(x / 12) - 6;
      share[std::size_t(c)] = std::exp(-2 * d * d / (width * width));
      squares += share[std::size_t(c)] * share[std::size_t(c)];
    }
    const double octave = std::exp(-std::pow((at / 12 - 5) / 2, 2) / 2);
    for (std::size_t c = 0; c < 12; ++c) weights(c, k) = share[(c + 3) % 12] / std::sqrt(squares) * octave;
  }
  return weights;
}

inline Matrix chromagram(const Matrix& power, int rate, int n_fft, double tuning) {
  Matrix chroma = product(chroma_weights(rate, n_fft, tuning), power);
  for (std::size_t t = 0; t < chroma.columns; ++t) {
    double top = 0;
    for (std::size_t c = 0; c < 12; ++c) top = std::max(top, chroma(c, t));
    if (top < 1.17549435e-38) continue;
    for (std::size_t c = 0; c < 12; ++c) chroma(c, t) /= top;
  }
  return chroma;
}

}  // namespace genretrack::reference
