// The four transforms against naive double-precision references.
#include "tests/cpu/features/transforms_test.h"
#include "tests/reference/dsp_chroma.h"
#include "tests/reference/dsp_signals.h"
#include "tests/reference/dsp_spectrum.h"

namespace genretrack::testing {
namespace {

struct Shape {
  const char* signal;
  int samples;  // of the recording
  int clip;     // of the clip
  int sample_rate = 22050, n_fft = 2048, hop = 512, n_mels = 128, n_mfcc = 20;
};

const Shape kShapes[] = {
    {"music", 22050, 22050},  // 44 frames: not a multiple of 16
    {"music", 40000, 33075},  // cut
    {"sharp", 20001, 30001},  // padded with zeros
    {"noise", 24064, 24064},  // 48 frames: a multiple of 16
    {"sweep", 22050, 22050},
    {"music", 700, 700},  // shorter than a window
    {"music", 1, 1},      // one sample, one frame
    {"music", 511, 511},  // one frame
    {"music", 9000, 9000, 22050, 512, 128, 40, 13},
    {"music", 9000, 9000, 16000, 512, 200, 40, 40},     // a hop that lanes do not divide
    {"music", 9000, 9000, 22050, 1024, 1024, 64, 1},    // hop as long as the window
    {"sharp", 9000, 9000, 22050, 1024, 37, 80, 20},     // more hops in a window than lanes
    {"music", 20000, 20000, 4000, 2048, 512, 128, 20},  // pitches up to the last bin
    {"nyquist", 9000, 9000, 4000, 2048, 512, 40, 20},   // a peak in the last bin
    {"music", 30000, 30000, 44100, 4096, 1000, 128, 20},
    {"music", 40000, 40000, 48000, 8192, 2048, 160, 33},
};

FeatureParams params_of(const Shape& s) {
  FeatureParams params;
  params.sample_rate = s.sample_rate;
  params.clip_seconds = double(s.clip) / s.sample_rate;
  params.n_fft = s.n_fft;
  params.hop_length = s.hop;
  params.n_mels = s.n_mels;
  params.n_mfcc = s.n_mfcc;
  return params;
}

std::string label(const Shape& s) {
  return std::string(s.signal) + " of " + std::to_string(s.clip) + " samples at " +
         std::to_string(s.sample_rate) + " Hz, n_fft " + std::to_string(s.n_fft) + ", hop " +
         std::to_string(s.hop);
}

struct Expected {
  reference::Matrix db, flux, mfcc;
  std::vector<reference::Matrix> chroma;  // one, but where rounding may pick another tuning
};

Expected expect(const Shape& s, const std::vector<std::int16_t>& pcm) {
  std::vector<double> x(std::size_t(s.clip));
  for (std::size_t i = 0; i < std::min(x.size(), pcm.size()); ++i) x[i] = pcm[i] / 32768.0;
  const auto power = reference::power_spectrogram(x, s.n_fft, s.hop);
  const auto mel = reference::product(reference::mel_weights(s.sample_rate, s.n_fft, s.n_mels), power);
  const auto db = reference::to_decibel(mel);
  const auto tuning = reference::estimate_tuning(power, s.sample_rate, s.n_fft);
  Expected expected{db, reference::flux_of(db), reference::mfcc_of(db, s.n_mfcc), {}};
  for (double semitones : tuning.candidates())
    expected.chroma.push_back(reference::chromagram(power, s.sample_rate, s.n_fft, semitones));
  return expected;
}

double chroma_error(const std::vector<float>& chroma, const Expected& expected) {
  double error = std::numeric_limits<double>::infinity();
  for (const auto& candidate : expected.chroma)
    error = std::min(error, largest_difference(chroma, candidate.values));
  return error;
}

std::vector<double> power_of(const std::vector<float>& db) {
  std::vector<double> power;
  for (float v : db) power.push_back(std::pow(10, v / 10.0));
  return power;
}

std::vector<double> power_of(const reference::Matrix& db) {
  std::vector<double> power;
  for (double v : db.values) power.push_back(std::pow(10, v / 10));
  return power;
}

class Reference : public EachBackend {};

TEST_P(Reference, MatchesEveryTransform) {
  double worst[5] = {};
  for (const Shape& shape : kShapes) {
    SCOPED_TRACE(label(shape));
    const auto pcm = reference::signal(shape.signal, shape.samples);
    const FeatureParams params = params_of(shape);
    const Expected expected = expect(shape, pcm);
    const auto extractor = make_extractor(params);
    const Features features = extract(*extractor, params, std::span(pcm));
    const double errors[5] = {relative_error(power_of(features[0]), power_of(expected.db)),
                              largest_difference(features[0], expected.db.values),
                              largest_difference(features[1], expected.flux.values),
                              relative_error(features[2], expected.mfcc.values),
                              chroma_error(features[3], expected)};
    EXPECT_LE(errors[0], 1e-5) << "mel power, relative";
    EXPECT_LE(errors[1], 0.01) << "spectrogram, dB";
    EXPECT_LE(errors[2], 0.02) << "flux, dB";
    EXPECT_LE(errors[3], 1e-4) << "MFCC, relative";
    EXPECT_LE(errors[4], 1e-3) << "chroma";
    for (int i = 0; i < 5; ++i) worst[i] = std::max(worst[i], errors[i]);
  }
  const char* names[5] = {"mel_power", "mel_db", "flux_db", "mfcc", "chroma"};
  for (int i = 0; i < 5; ++i) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1e", worst[i]);
    RecordProperty(names[i], text);
    std::printf("  largest %s error: %s\n", names[i], text);
  }
}

TEST_P(Reference, FramesBehindTheLastDoNotSetTheFloor) {
  const Shape shape{"click", 1535, 1535};  // at its very end, so that the frame behind the last is louder
  const FeatureParams params = params_of(shape);
  const auto pcm = reference::signal(shape.signal, shape.samples);
  const auto extractor = make_extractor(params);
  EXPECT_LE(largest_difference(extract(*extractor, params, std::span(pcm))[0], expect(shape, pcm).db.values),
            0.01);
}

TEST_P(Reference, ChromaWithoutTuningUsesA440) {
  const Shape shape{"sharp", 12000, 12000};
  FeatureParams params = params_of(shape);
  params.tuning = Tuning::kNone;
  const auto pcm = reference::signal(shape.signal, shape.samples);
  std::vector<double> x(pcm.begin(), pcm.end());
  const auto expected = reference::chromagram(reference::power_spectrogram(x, shape.n_fft, shape.hop),
                                              shape.sample_rate, shape.n_fft, 0);
  const auto extractor = make_extractor(params);
  EXPECT_LE(largest_difference(extract(*extractor, params, std::span(pcm))[3], expected.values), 1e-3);
}

TEST_P(Reference, ChromaFollowsAFixedTuning) {
  const Shape shape{"sharp", 12000, 12000};
  FeatureParams params = params_of(shape);
  params.tuning = Tuning::kFixed;
  params.tuning_semitones = 0.2237;  // not a bin of the estimate
  const auto pcm = reference::signal(shape.signal, shape.samples);
  std::vector<double> x(pcm.begin(), pcm.end());
  const auto expected = reference::chromagram(reference::power_spectrogram(x, shape.n_fft, shape.hop),
                                              shape.sample_rate, shape.n_fft, params.tuning_semitones);
  const auto extractor = make_extractor(params);
  EXPECT_LE(largest_difference(extract(*extractor, params, std::span(pcm))[3], expected.values), 1e-3);
}

INSTANTIATE_TEST_SUITE_P(Backends, Reference, ::testing::ValuesIn(backend_names()));

}  // namespace
}  // namespace genretrack::testing
