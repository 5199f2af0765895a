// The four transforms of a clip by the naive references, for any parameters that have a meaning.
#pragma once

#include <limits>
#include <vector>

#include "host/dsp/feature_params.h"
#include "tests/reference/dsp_chroma.h"
#include "tests/reference/dsp_delta.h"
#include "tests/reference/dsp_percussion.h"
#include "tests/reference/dsp_rounding.h"
#include "tests/reference/dsp_spectrum.h"

namespace genretrack::reference {

struct BoundedMap {
  Matrix value;
  Bounds bounds;
};

struct Transforms {
  BoundedMap spectrogram, percussion;
  std::vector<Matrix> mfcc;    // the coefficients, then each order of differences
  std::vector<Matrix> chroma;  // one, but where rounding may pick another tuning
};

// Transforms of one clip, step by step.
class Clip {
 public:
  // The clip's samples; fewer than clip_samples() are followed by zeros, more are cut.
  Clip(const FeatureParams& params, std::vector<double> samples)
      : params_(params), weights_(weights_of(params)), power_(power_of(params, std::move(samples))) {}

  const Matrix& power() const { return power_; }
  // Also with bounds, where the magnitudes have some.
  Matrix mel(const Matrix& magnitude) const { return product(weights_, squares(magnitude)); }
  Matrix decibel(const Matrix& power) const { return to_decibel(power, top_db()); }

  BoundedMap mel_map() const {
    const Matrix magnitude = roots(power_);
    return bounded(magnitude, magnitude_bounds(magnitude));
  }
  BoundedMap spectrogram() const {
    if (params_.scale == SpectrogramScale::kMel) return mel_map();
    const Bounds bounds = magnitude_bounds(roots(power_));
    return {decibel(power_), {decibel(squares(bounds.low)), decibel(squares(bounds.high))}};
  }
  BoundedMap percussion() const {
    const bool harmonic = params_.percussion == PercussionKind::kHarmonic;
    if (harmonic || params_.percussion == PercussionKind::kHpss) {
      const Matrix magnitude = roots(power_);
      return bounded(part_of(magnitude, harmonic), part_bounds(magnitude_bounds(magnitude), harmonic));
    }
    const BoundedMap map = mel_map();
    const BoundedMap flux{flux_of(map.value), flux_bounds(map.bounds)};
    if (params_.percussion == PercussionKind::kFlux) return flux;
    const int n_fft = params_.n_fft, hop = params_.hop_length;
    return {tempogram(onset_strength(flux.value, n_fft, hop)), tempogram_bounds(flux.bounds, n_fft, hop)};
  }
  // Both profiles floor the map at 80 dB below its largest value.
  std::vector<Matrix> mfcc() const {
    std::vector<Matrix> blocks{
        mfcc_of(to_decibel(product(weights_, power_)), params_.n_mfcc, params_.lifter)};
    for (int order = 1; order <= params_.deltas; ++order) blocks.push_back(delta_of(blocks.front(), order));
    return blocks;
  }
  std::vector<double> tunings() const {
    if (params_.tuning == Tuning::kNone) return {0};
    if (params_.tuning == Tuning::kFixed) return {params_.tuning_semitones};
    return estimate_tuning(power_, params_.sample_rate, params_.n_fft).candidates();
  }
  std::vector<Matrix> chroma() const {
    std::vector<Matrix> result;
    for (double tuning : tunings())
      result.push_back(chromagram(power_, params_.sample_rate, params_.n_fft, tuning));
    return result;
  }
  Transforms all() const { return {spectrogram(), percussion(), mfcc(), chroma()}; }

 private:
  static Matrix weights_of(const FeatureParams& p) {
    return p.profile == Profile::kLibrosa ? mel_weights(p.sample_rate, p.n_fft, p.n_mels)
                                          : htk_weights(p.sample_rate, p.n_fft, p.n_mels);
  }
  static Matrix power_of(const FeatureParams& p, std::vector<double> samples) {
    samples.resize(std::size_t(std::llround(p.clip_seconds * p.sample_rate)));
    return power_spectrogram(samples, p.n_fft, p.hop_length,
                             p.profile == Profile::kLibrosa ? Padding::kZero : Padding::kReflect);
  }
  double top_db() const {
    return params_.profile == Profile::kLibrosa ? 80 : std::numeric_limits<double>::infinity();
  }
  BoundedMap bounded(const Matrix& magnitude, const Bounds& bounds) const {
    return {decibel(mel(magnitude)), {decibel(mel(bounds.low)), decibel(mel(bounds.high))}};
  }

  FeatureParams params_;
  Matrix weights_, power_;
};

}  // namespace genretrack::reference
