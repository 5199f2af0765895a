#include "host/dsp/chroma.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "host/dsp/feature_params.h"

namespace genretrack {
namespace {

constexpr double kCentreOctave = 5, kOctaveWidth = 2;
constexpr double kZeroHertzBelow = 18;  // semitones below bin 1 at which bin 0 is placed

double squared(double x) { return x * x; }

}  // namespace

std::vector<float> make_chroma_bank(int sample_rate, int n_fft, double tuning) {
  constexpr int n = kChromaBins;
  const double lowest_a = 440 * std::exp2(tuning / n) / 16;
  // Semitones above the lowest A.
  auto pitch_of = [&](int k) {
    return n * std::log2(static_cast<double>(k) * sample_rate / n_fft / lowest_a);
  };
  std::vector<float> bank(static_cast<std::size_t>(n_fft / 2 + 1) * n);
  double pitch = pitch_of(1) - kZeroHertzBelow;
  for (int k = 0; k <= n_fft / 2; ++k) {
    const double next = pitch_of(k + 1), width = std::max(next - pitch, 1.0);
    std::array<double, n> weight{};
    double squares = 0;
    for (int c = 0; c < n; ++c) {
      double distance = std::fmod(pitch - c + n / 2 + 10 * n, n);
      if (distance < 0) distance += n;
      weight[static_cast<std::size_t>(c)] = std::exp(-0.5 * squared(2 * (distance - n / 2) / width));
      squares += squared(weight[static_cast<std::size_t>(c)]);
    }
    const double octave = std::exp(-0.5 * squared((pitch / n - kCentreOctave) / kOctaveWidth));
    // Counted from A; rows begin at C, three semitones above.
    for (int c = 0; c < n; ++c)
      bank[static_cast<std::size_t>(k * n + (c + 9) % n)] =
          static_cast<float>(weight[static_cast<std::size_t>(c)] / std::sqrt(squares) * octave);
    pitch = next;
  }
  return bank;
}

}  // namespace genretrack
