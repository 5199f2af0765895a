// Shared by the tests of the feature extractor: running it, and errors that a NaN cannot pass.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "host/cpu/features/cpu_feature_extractor.h"
#include "host/cpu/features/kernels.h"

namespace genretrack::testing {

// The four transforms of one clip, indexed by Transform.
using Features = std::array<std::vector<float>, kTransformCount>;

inline Features allocate(const FeatureParams& params) {
  Features features;
  for (Transform t : kTransforms)  // what is not written stays NaN and fails
    features[std::size_t(t)].assign(std::size_t(params.rows(t)) * std::size_t(params.frame_count()),
                                    std::numeric_limits<float>::quiet_NaN());
  return features;
}

inline ClipFeatures places(Features& features) {
  ClipFeatures out;
  for (std::size_t t = 0; t < features.size(); ++t) out.rows[t] = features[t];
  return out;
}

inline Features extract(FeatureExtractor& extractor, const FeatureParams& params, const Pcm& pcm) {
  Features features = allocate(params);
  const ClipFeatures out = places(features);
  extractor.extract(std::span(&pcm, 1), std::span(&out, 1));
  return features;
}

inline FeatureParams params_for(std::size_t samples) {
  FeatureParams params;
  params.clip_seconds = double(samples) / params.sample_rate;
  return params;
}

// The largest difference; infinite where either holds a value that is not finite.
template <class A, class B>
double largest_difference(const A& a, const B& b) {
  if (a.size() != b.size()) return std::numeric_limits<double>::infinity();
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double difference = std::abs(double(a[i]) - double(b[i]));
    if (!std::isfinite(difference)) return std::numeric_limits<double>::infinity();
    largest = std::max(largest, difference);
  }
  return largest;
}

// |a - b| / |b| over the whole; infinite where either holds a value that is not finite.
template <class A, class B>
double relative_error(const A& a, const B& b) {
  if (!std::isfinite(largest_difference(a, b))) return std::numeric_limits<double>::infinity();
  double error = 0, size = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    error += std::pow(double(a[i]) - double(b[i]), 2);
    size += std::pow(double(b[i]), 2);
  }
  return error == 0 ? 0 : std::sqrt(error / size);
}

// Tests run once per lane width, where the processor has it.
class EachLaneWidth : public ::testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    if (GetParam() > widest_lanes()) GTEST_SKIP() << "this processor has no " << GetParam() << " lanes";
  }
};

}  // namespace genretrack::testing
