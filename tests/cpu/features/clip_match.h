// Holds an extractor's transforms of one clip against the naive references: as a whole, and each step against
// the reference of the step before, as the extractor gave it, where no rounding of the steps before excuses
// anything.
#pragma once

#include "tests/cpu/features/random_clips.h"
#include "tests/cpu/features/transforms_test.h"
#include "tests/reference/transform_match.h"

namespace genretrack::testing {

inline reference::Matrix matrix_of(const std::vector<float>& values, std::size_t columns) {
  reference::Matrix result(values.size() / columns, columns);
  std::copy(values.begin(), values.end(), result.values.begin());
  return result;
}

// What is behind the decibels, relative to the whole.
inline void expect_power(const std::vector<float>& db, const reference::Matrix& expected,
                         const std::string& profile, reference::Worst& worst) {
  std::vector<double> power, wanted;
  for (float v : db) power.push_back(std::pow(10, v / 10.0));
  for (double v : expected.values) wanted.push_back(std::pow(10, v / 10));
  const double error = relative_error(power, wanted);
  EXPECT_LE(error, 1e-5) << "power before the logarithm";
  worst.note("power" + profile, error);
}

// The percussion and the coefficients that the computed mel map gives; only where the spectrogram is that
// map.
inline void expect_steps(const Features& features, const FeatureParams& p, reference::Worst& worst) {
  const auto columns = std::size_t(p.frame_count());
  const reference::Matrix map = matrix_of(features[0], columns), flux = reference::flux_of(map);
  if (p.percussion == PercussionKind::kFlux) {
    const double error = largest_difference(features[1], flux.values);
    EXPECT_LE(error, 2e-4) << "flux of the computed map, dB";
    worst.note("flux of the computed map, dB", error);
  }
  if (p.percussion == PercussionKind::kTempogram) {
    const auto expected = reference::tempogram(reference::onset_strength(flux, p.n_fft, p.hop_length));
    const double error = largest_difference(features[1], expected.values);
    EXPECT_LE(error, 1e-3) << "tempogram of the computed map";
    worst.note("tempogram of the computed map", error);
  }
  reference::Matrix floored = map;
  const double top = *std::max_element(map.values.begin(), map.values.end());
  for (double& v : floored.values) v = std::max(v, top - 80);
  const reference::Matrix mfcc = reference::mfcc_of(floored, p.n_mfcc, p.lifter);
  const double lifted = 1 + p.lifter / 2;  // the largest factor
  for (std::size_t i = 0; i < mfcc.values.size(); ++i) {
    const double error = std::abs(features[2][i] - mfcc.values[i]) / lifted / std::sqrt(double(p.n_mels));
    ASSERT_LE(error, 1e-3) << "coefficient " << i / columns << " of the computed map, dB";
    worst.note("coefficients of the computed map, dB", error);
  }
}

inline void expect_differences(const Features& features, const FeatureParams& p, reference::Worst& worst) {
  const auto columns = std::size_t(p.frame_count()), size = std::size_t(p.n_mfcc) * columns;
  const auto block = [&](int order) {
    const auto begin = features[2].begin() + long(size) * order;
    return std::vector<float>(begin, begin + long(size));
  };
  const reference::Matrix mfcc = matrix_of(block(0), columns);
  for (int order = 1; order <= p.deltas; ++order) {
    const double error = reference::distance(block(order), reference::delta_of(mfcc, order).values) /
                         std::max(1.0, reference::length(mfcc));
    EXPECT_LE(error, 1e-6) << "differences of the computed coefficients";
    worst.note("differences of the computed coefficients", error);
  }
}

inline Features extract_clip(FeatureExtractor& extractor, const RandomClip& clip) {
  const std::vector<float> floats = clip.as_float ? clip.float_pcm() : std::vector<float>{};
  const Pcm pcm = clip.as_float ? Pcm(std::span(floats)) : Pcm(std::span(clip.pcm));
  return extract(extractor, clip.params, pcm);
}

inline void expect_features_match(const Features& features, const FeatureParams& params,
                                  const reference::Transforms& expected, reference::Worst& worst) {
  reference::expect_match(features, expected, params, worst);
  expect_power(features[0], expected.spectrogram.value, reference::profile_of(params), worst);
  if (params.scale == SpectrogramScale::kMel) expect_steps(features, params, worst);
  expect_differences(features, params, worst);
}

// On every backend that is present.
inline void expect_clip_matches(const RandomClip& clip, reference::Worst& worst) {
  SCOPED_TRACE(label(clip));
  const reference::Transforms expected = reference::Clip(clip.params, clip.double_pcm()).all();
  for (const Backend& backend : backends()) {
    if (!backend.absent.empty()) continue;
    SCOPED_TRACE(backend.name);
    const auto extractor = backend.make(clip.params);
    expect_features_match(extract_clip(*extractor, clip), clip.params, expected, worst);
  }
}

}  // namespace genretrack::testing
