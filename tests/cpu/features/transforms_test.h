// Shared by the tests of feature extractors: the backends, running one, and errors that a NaN cannot pass.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "host/backend/feature_extractor.h"

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

// What a test program runs its tests on; tests/cpu and tests/cuda compile the same tests.
struct Backend {
  std::string name;
  std::string absent;  // why it cannot run here; empty where it can
  std::function<std::unique_ptr<FeatureExtractor>(const FeatureParams&)> make;
};
const std::vector<Backend>& backends();  // each program has its own, in backends.cc

// One that these are compared with.
std::unique_ptr<FeatureExtractor> make_other_extractor(const FeatureParams& params);

inline std::vector<std::string> backend_names() {
  std::vector<std::string> names;
  for (const Backend& backend : backends()) names.push_back(backend.name);
  return names;
}

// Tests run once per backend, where it is present.
class EachBackend : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (!backend().absent.empty()) GTEST_SKIP() << backend().absent;
  }
  const Backend& backend() const { return *std::ranges::find(backends(), GetParam(), &Backend::name); }
  std::unique_ptr<FeatureExtractor> make_extractor(const FeatureParams& params) const {
    return backend().make(params);
  }
};

}  // namespace genretrack::testing
