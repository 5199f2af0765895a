#include "host/pipeline/transform_windows.h"

#include <gtest/gtest.h>
#include <sndfile.h>

#include <cmath>
#include <map>

#include "host/audio/decode.h"
#include "host/backend/feature_extractor.h"
#include "host/core/error.h"
#include "host/core/random.h"
#include "tests/audio/wav_files.h"
#include "tests/core/temporary_folder.h"

namespace genretrack {
namespace {

constexpr int kRate = 8000;

std::vector<float> sound(std::size_t samples) {
  Random random(samples, Purpose::kBootstrap);
  std::vector<float> values(samples);
  for (std::size_t i = 0; i < samples; ++i) {
    const double t = static_cast<double>(i) / kRate;
    values[i] = static_cast<float>(0.3 * std::sin(900 * t + 300 * t * t) + 0.02 * (random.uniform() - 0.5));
  }
  return values;
}

struct Heard {
  std::vector<TransformWindow> windows;
  std::map<std::size_t, ReadRecording> read;
  std::map<std::size_t, std::string> failed;
};

class TransformWindows : public testing::Test {
 protected:
  TransformWindows() {
    FeatureParams& params = plan_.params;
    params.sample_rate = kRate;
    params.clip_seconds = 1;
    params.n_fft = 512;
    params.hop_length = 128;
    params.n_mels = 16;
    params.n_mfcc = 5;
    plan_.wanted = {true, false, true, false};
    plan_.step_frames = clip_step(params);
    plan_.least_tail_frames = 10;
    plan_.device = Device::kCpu;
  }
  Heard hear(const std::vector<std::filesystem::path>& paths) {
    Heard heard;
    transform_recordings(paths, plan_,
                         {.window = [&](const TransformWindow& w) { heard.windows.push_back(w); },
                          .read = [&](const ReadRecording& r) { heard.read[r.recording] = r; },
                          .failed = [&](std::size_t i, const std::string& what) { heard.failed[i] = what; }});
    return heard;
  }
  // What the extractor makes of a window's place in the recording, decoded at once.
  std::array<std::vector<float>, kTransformCount> reference(const std::filesystem::path& path,
                                                            long long first_frame) const {
    const FeatureParams& params = plan_.params;
    const Recording part =
        decode_window(path, kRate, static_cast<std::size_t>(first_frame * params.hop_length),
                      static_cast<std::size_t>(params.clip_samples()));
    std::array<std::vector<float>, kTransformCount> values;
    ClipFeatures out;
    for (std::size_t t = 0; t < values.size(); ++t) {
      values[t].resize(static_cast<std::size_t>(params.rows(kTransforms[t]) * params.frame_count()));
      out.rows[t] = values[t];
    }
    const Pcm pcm = std::visit([](const auto& s) -> Pcm { return std::span(s); }, part.samples);
    make_feature_extractor(Device::kCpu, params)->extract({&pcm, 1}, {&out, 1});
    return values;
  }

  TransformPlan plan_;
  TemporaryFolder folder_;
};

TEST_F(TransformWindows, AreThoseOfTheirPlaces) {
  const int hop = plan_.params.hop_length, step = plan_.step_frames, clip = plan_.params.clip_samples();
  struct Case {
    int samples;
    std::vector<long long> first_frames;
  };
  for (const Case& c :
       {Case{3000, {0}}, Case{clip, {0}}, Case{clip + 10 * hop - 1, {0}}, Case{clip + 10 * hop, {0, 10}},
        Case{step * hop + clip, {0, step}}, Case{2 * step * hop + clip + 700, {0, step, 2 * step}},
        Case{2 * step * hop + clip + 10 * hop + 5, {0, step, 2 * step, 2 * step + 11}}}) {
    SCOPED_TRACE(c.samples);
    write_sound(folder_ / "a.wav", sound(static_cast<std::size_t>(c.samples)), kRate);
    const Heard heard = hear({folder_ / "a.wav"});
    ASSERT_EQ(heard.windows.size(), c.first_frames.size());
    ASSERT_EQ(heard.read.size(), 1u);
    EXPECT_DOUBLE_EQ(heard.read.at(0).seconds, static_cast<double>(c.samples) / kRate);
    for (std::size_t i = 0; i < c.first_frames.size(); ++i) {
      const TransformWindow& window = heard.windows[i];
      EXPECT_EQ(window.first_frame, c.first_frames[i]);
      EXPECT_EQ(window.frames, 1 + std::min<long long>(clip, c.samples - window.first_frame * hop) / hop);
      const auto expected = reference(folder_ / "a.wav", window.first_frame);
      EXPECT_EQ(window.features[0], expected[0]);
      EXPECT_TRUE(window.features[1].empty());
      EXPECT_EQ(window.features[2], expected[2]);
    }
  }
}

TEST_F(TransformWindows, OverlapWhereTheyAreAskedTo) {
  plan_.step_frames = 20;
  write_sound(folder_ / "a.wav", sound(2 * kRate), kRate);
  const Heard heard = hear({folder_ / "a.wav"});
  ASSERT_GE(heard.windows.size(), 3u);
  for (std::size_t i = 0; i + 1 < heard.windows.size(); ++i)
    EXPECT_EQ(heard.windows[i].first_frame, 20 * static_cast<long long>(i));
  const TransformWindow& last = heard.windows.back();
  EXPECT_EQ(last.features[0], reference(folder_ / "a.wav", last.first_frame)[0]);
}

TEST_F(TransformWindows, NameWhatCannotBeReadAndGoOn) {
  std::vector<std::filesystem::path> paths;
  for (int i = 0; i < 9; ++i) {
    paths.push_back(folder_ / (std::to_string(i) + ".wav"));
    write_sound(paths.back(), sound(static_cast<std::size_t>(4000 + 3000 * i)), kRate);
  }
  write_bytes(paths[2], "no audio at all");
  std::vector<float> damaged = sound(5 * kRate);
  damaged[4 * kRate] = std::nanf("");
  write_sound(paths[5], damaged, kRate, 1, SF_FORMAT_WAV | SF_FORMAT_FLOAT);
  plan_.threads = 3;
  const Heard heard = hear(paths);
  EXPECT_EQ(heard.read.size(), 7u);
  ASSERT_EQ(heard.failed.size(), 2u);
  EXPECT_NE(heard.failed.at(2).find("2.wav"), std::string::npos);
  EXPECT_NE(heard.failed.at(5).find("finite"), std::string::npos);
}

TEST_F(TransformWindows, EndWhereTheCallerGivesUp) {
  std::vector<std::filesystem::path> paths;
  for (int i = 0; i < 6; ++i) {
    paths.push_back(folder_ / (std::to_string(i) + ".wav"));
    write_sound(paths.back(), sound(10 * kRate), kRate);
  }
  plan_.threads = 2;
  EXPECT_THROW(transform_recordings(
                   paths, plan_,
                   {.window = [](const TransformWindow&) { throw Error(ErrorKind::kFailure, "enough"); },
                    .read = [](const ReadRecording&) {},
                    .failed = [](std::size_t, const std::string&) {}}),
               Error);
}

}  // namespace
}  // namespace genretrack
