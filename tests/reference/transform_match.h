// Holds computed transforms against expected ones at the tolerances of the project, and keeps the largest
// errors.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <string>

#include "tests/reference/dsp_comparison.h"

namespace genretrack::reference {

// The largest errors by name, over all that a test compared.
class Worst {
 public:
  void note(const std::string& name, double error) { errors_[name] = std::max(errors_[name], error); }

  void note(const std::string& name, const MapError& error) {
    note(name, error.firm_largest);
    MapError& sum = maps_[name];
    sum.largest = std::max(sum.largest, error.largest);
    sum.values += error.values;
    sum.firm += error.firm;
    sum.excused += error.excused;
  }

  // Values of the maps of a profile that only rounding excuses.
  std::size_t excused(const std::string& profile) const {
    std::size_t values = 0;
    for (const auto& [name, map] : maps_) values += name.ends_with(profile) ? map.excused : 0;
    return values;
  }

  // One line per name, also as properties of the test's report.
  void print() const {
    for (const auto& [name, error] : errors_) {
      char text[32];
      std::snprintf(text, sizeof text, "%.1e", error);
      std::printf("  %s: %s", name.c_str(), text);
      ::testing::Test::RecordProperty(name, text);
      if (const auto map = maps_.find(name); map != maps_.end()) print(map->second);
      std::printf("\n");
    }
  }

 private:
  static void print(const MapError& map) {
    const double share = 100.0 * double(map.firm) / double(map.values);
    std::printf(
        " at the %.2f %% of %zu values that rounding moves by less than the tolerance, %.1e at all; %zu "
        "beyond it",
        share, map.values, map.largest, map.excused);
  }

  std::map<std::string, double> errors_;
  std::map<std::string, MapError> maps_;
};

// |a - b| and |b| over the whole.
template <class A, class B>
double distance(const A& a, const B& b) {
  if (a.size() != b.size()) return std::numeric_limits<double>::infinity();
  double squared = 0;
  for (std::size_t i = 0; i < a.size(); ++i) squared += (double(a[i]) - b[i]) * (double(a[i]) - b[i]);
  return std::isfinite(squared) ? std::sqrt(squared) : std::numeric_limits<double>::infinity();
}
inline double length(const Matrix& matrix) {
  return distance(matrix.values, std::vector<double>(matrix.values.size()));
}

inline std::string profile_of(const FeatureParams& p) {
  return p.profile == Profile::kLibrosa ? ", librosa" : ", torchaudio";
}

template <class Values>
void expect_map(const Values& values, const BoundedMap& expected, double tolerance, const std::string& name,
                Worst& worst) {
  const MapError error = map_error(values, expected, tolerance);
  EXPECT_LE(error.beyond, tolerance) << name;
  worst.note(name, error);
}

// Blocks of coefficients and of differences, one behind another. Differences of a sound that hardly changes
// are rounding noise of the coefficients, which may be a millionth of them.
template <class Values>
void expect_mfcc(const Values& values, const std::vector<Matrix>& blocks, const std::string& profile,
                 Worst& worst) {
  auto next = values.begin();
  std::size_t expected = 0;
  for (const Matrix& block : blocks) expected += block.values.size();
  ASSERT_EQ(std::size_t(values.end() - values.begin()), expected);
  for (std::size_t order = 0; order < blocks.size(); ++order) {
    const std::vector<double> block(next, next + long(blocks[order].values.size()));
    next += long(block.size());
    const double error = distance(block, blocks[order].values), size = length(blocks[order]);
    const std::string name = (order == 0 ? "MFCC" : "MFCC difference " + std::to_string(order)) + profile;
    EXPECT_LE(error, 1e-4 * size + (order == 0 ? 0 : 1e-6 * length(blocks[0]))) << name;
    if (size > 1e-3 * length(blocks[0])) worst.note(name, error / size);
  }
}

template <class Values>
void expect_chroma(const Values& values, const std::vector<Matrix>& candidates, const std::string& profile,
                   Worst& worst) {
  double best = std::numeric_limits<double>::infinity();
  for (const Matrix& candidate : candidates) {
    double largest = values.size() == candidate.values.size() ? 0 : std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < candidate.values.size() && largest < best; ++i) {
      const double error = std::abs(values[i] - candidate.values[i]);
      largest = std::isfinite(error) ? std::max(largest, error) : error;
    }
    best = std::min(best, largest);
  }
  EXPECT_LE(best, 1e-3) << "chroma; a larger error also stands for another tuning";
  worst.note("chroma" + profile, best);
}

// `features` holds float or double values of the four transforms, indexed by Transform.
template <class Features>
void expect_match(const Features& features, const Transforms& expected, const FeatureParams& p,
                  Worst& worst) {
  const std::string profile = profile_of(p);
  const bool mel = p.scale == SpectrogramScale::kMel;
  expect_map(features[0], expected.spectrogram, 0.01, (mel ? "mel, dB" : "linear, dB") + profile, worst);
  if (p.percussion == PercussionKind::kFlux)
    expect_map(features[1], expected.percussion, 0.02, "flux, dB" + profile, worst);
  if (p.percussion == PercussionKind::kTempogram)
    expect_map(features[1], expected.percussion, 1e-3, "tempogram" + profile, worst);
  if (p.percussion == PercussionKind::kHpss)
    expect_map(features[1], expected.percussion, 0.01, "hpss, dB" + profile, worst);
  if (p.percussion == PercussionKind::kHarmonic)
    expect_map(features[1], expected.percussion, 0.01, "harmonic part, dB" + profile, worst);
  expect_mfcc(features[2], expected.mfcc, profile, worst);
  expect_chroma(features[3], expected.chroma, profile, worst);
}

}  // namespace genretrack::reference
