#include "host/dsp/mel.h"

#include <algorithm>
#include <cmath>

namespace genretrack {
namespace {

constexpr double kLinearHzPerMel = 200.0 / 3;  // below 1 kHz
constexpr double kLogStartHz = 1000, kLogStartMel = 15;
constexpr double kHtkMels = 2595, kHtkHz = 700;
const double kLogStep = std::log(6.4) / 27;  // natural logarithm of the frequency ratio of one mel above it

}  // namespace

double hz_to_mel(double hz, Profile profile) {
  if (profile == Profile::kTorchaudio) return kHtkMels * std::log10(1 + hz / kHtkHz);
  return hz < kLogStartHz ? hz / kLinearHzPerMel : kLogStartMel + std::log(hz / kLogStartHz) / kLogStep;
}

double mel_to_hz(double mel, Profile profile) {
  if (profile == Profile::kTorchaudio) return kHtkHz * (std::pow(10, mel / kHtkMels) - 1);
  return mel < kLogStartMel ? mel * kLinearHzPerMel : kLogStartHz * std::exp((mel - kLogStartMel) * kLogStep);
}

SparseBank make_mel_bank(int sample_rate, int n_fft, int n_mels, Profile profile) {
  const bool slaney = profile == Profile::kLibrosa;
  const double nyquist = slaney ? sample_rate / 2.0 : std::floor(sample_rate / 2.0);
  const int last_bin = n_fft / 2;
  const double top = hz_to_mel(nyquist, profile);
  auto edge = [&](int i) { return mel_to_hz(top * i / (n_mels + 1), profile); };
  SparseBank bank;
  for (int m = 0; m < n_mels; ++m) {
    const double low = edge(m), centre = edge(m + 1), high = edge(m + 2);
    bank.begin.push_back(static_cast<int>(bank.weight.size()));
    bank.first.push_back(0);
    bool empty = true;
    for (int k = 0; k <= last_bin; ++k) {
      const double hz = k * nyquist / last_bin;
      const double height = std::min((hz - low) / (centre - low), (high - hz) / (high - centre));
      if (height <= 0) continue;
      if (empty) bank.first.back() = k;
      empty = false;
      bank.weight.push_back(static_cast<float>(slaney ? height * 2 / (high - low) : height));
    }
  }
  bank.begin.push_back(static_cast<int>(bank.weight.size()));
  return bank;
}

}  // namespace genretrack
