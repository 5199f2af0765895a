#include "host/dsp/tuning.h"

namespace genretrack {

PitchBins pitch_bins(int sample_rate, int n_fft) {
  auto hertz = [&](int k) { return static_cast<double>(k) * sample_rate / n_fft; };
  PitchBins bins{1, n_fft / 2};
  while (bins.first <= n_fft / 2 && hertz(bins.first) < kLowestPitch) ++bins.first;
  while (bins.last >= 1 && hertz(bins.last) >= kHighestPitch) --bins.last;
  return bins;
}

}  // namespace genretrack
