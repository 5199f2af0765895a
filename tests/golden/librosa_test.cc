// The four transforms against librosa's values in this folder; cases.txt names the version.
#include <fstream>
#include <sstream>

#include "tests/cpu/features/transforms_test.h"
#include "tests/reference/dsp_chroma.h"
#include "tests/reference/dsp_signals.h"

namespace genretrack::testing {
namespace {

struct Case {
  std::string name, signal;
  int samples = 0, every = 0;
  double tuning = 0;  // semitones
  FeatureParams params;
};

std::vector<Case> read_cases() {
  std::ifstream file(GENRETRACK_GOLDEN "/cases.txt");
  std::vector<Case> cases;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    Case c;
    std::istringstream(line) >> c.name >> c.signal >> c.samples >> c.params.sample_rate >> c.params.n_fft >>
        c.params.hop_length >> c.params.n_mels >> c.params.n_mfcc >> c.every >> c.tuning;
    c.params.clip_seconds = double(c.samples) / c.params.sample_rate;
    cases.push_back(c);
  }
  return cases;
}

std::vector<float> read_floats(const std::string& name) {
  std::ifstream file(GENRETRACK_GOLDEN "/" + name, std::ios::binary | std::ios::ate);
  std::vector<float> values(std::size_t(std::max<std::streamoff>(0, file.tellg())) / sizeof(float));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(values.data()), std::streamsize(values.size() * sizeof(float)));
  return values;
}

Features features_of(const Case& c, int lanes) {
  const auto extractor = make_cpu_feature_extractor(c.params, lanes);
  if (c.signal == "stereo") {
    const std::vector<float> pcm = read_floats("stereo.pcm.f32");
    EXPECT_EQ(pcm.size(), std::size_t(c.samples));
    return extract(*extractor, c.params, std::span(pcm));
  }
  const auto pcm = reference::signal(c.signal, c.samples);
  return extract(*extractor, c.params, std::span(pcm));
}

// A golden file holds, for every kept frame, the rows of the four transforms one behind another.
Features golden_of(const Case& c) {
  const std::vector<float> values = read_floats(c.name + ".f32");
  Features golden;
  auto next = values.begin();
  while (next != values.end())
    for (Transform t : kTransforms) {
      if (values.end() - next < c.params.rows(t)) return {};
      golden[std::size_t(t)].insert(golden[std::size_t(t)].end(), next, next + c.params.rows(t));
      next += c.params.rows(t);
    }
  return golden;
}

// The same frames of (rows, frames), frame by frame.
std::vector<float> kept(const std::vector<float>& rows, const Case& c) {
  const auto frames = std::size_t(c.params.frame_count());
  std::vector<float> result;
  for (std::size_t f = 0; f < frames; f += std::size_t(c.every))
    for (std::size_t r = 0; r < rows.size() / frames; ++r) result.push_back(rows[r * frames + f]);
  return result;
}

class Librosa : public EachLaneWidth {};

TEST_P(Librosa, MatchesEveryTransform) {
  double worst[4] = {};
  const auto cases = read_cases();
  ASSERT_GE(cases.size(), 12u);
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const Features golden = golden_of(c), features = features_of(c, GetParam());
    ASSERT_FALSE(golden[0].empty());
    double errors[4];
    for (std::size_t t = 0; t < 4; ++t) {
      const auto values = kept(features[t], c);
      errors[t] = t == 2 ? relative_error(values, golden[t]) : largest_difference(values, golden[t]);
      worst[t] = std::max(worst[t], errors[t]);
    }
    EXPECT_LE(errors[0], 0.01) << "spectrogram, dB";
    EXPECT_LE(errors[1], 0.02) << "flux, dB";
    EXPECT_LE(errors[2], 1e-4) << "MFCC, relative";
    EXPECT_LE(errors[3], 1e-3) << "chroma; a larger error also stands for another tuning";
  }
  std::printf("  largest errors: spectrogram %.1e dB, flux %.1e dB, MFCC %.1e, chroma %.1e\n", worst[0],
              worst[1], worst[2], worst[3]);
}

TEST(LibrosaTuning, IsTheReferencesToo) {
  for (const Case& c : read_cases()) {
    if (c.signal == "stereo") continue;  // not generated here
    std::vector<double> x;
    for (int v : reference::signal(c.signal, c.samples)) x.push_back(v / 32768.0);
    const auto power = reference::power_spectrogram(x, c.params.n_fft, c.params.hop_length);
    const auto tunings = reference::estimate_tuning(power, c.params.sample_rate, c.params.n_fft).candidates();
    EXPECT_TRUE(
        std::any_of(tunings.begin(), tunings.end(), [&](double t) { return std::abs(t - c.tuning) < 0.005; }))
        << c.name << ": " << c.tuning << " in librosa, " << tunings.front() << " here";
  }
}

INSTANTIATE_TEST_SUITE_P(Lanes, Librosa, ::testing::Values(4, 8, 16));

}  // namespace
}  // namespace genretrack::testing
