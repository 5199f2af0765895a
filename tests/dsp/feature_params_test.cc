#include "host/dsp/feature_params.h"

#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "host/core/error.h"

namespace genretrack {
namespace {

using Change = std::function<void(FeatureParams&)>;

void expect_refused(ErrorKind kind, const std::string& key, const Change& change) {
  FeatureParams params;
  change(params);
  try {
    check(params);
    ADD_FAILURE() << key << " was not refused";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    EXPECT_NE(std::string(error.what()).find(key), std::string::npos) << error.what();
  }
}

TEST(FeatureParams, DefaultsAreThoseOfAGtzanClip) {
  const FeatureParams params;
  EXPECT_NO_THROW(check(params));
  EXPECT_EQ(params.clip_samples(), 661500);
  EXPECT_EQ(params.frame_count(), 1292);
  EXPECT_EQ(params.bin_count(), 1025);
  EXPECT_EQ(params.rows(Transform::kSpectrogram), 128);
  EXPECT_EQ(params.rows(Transform::kPercussion), 128);
  EXPECT_EQ(params.rows(Transform::kMfcc), 20);
  EXPECT_EQ(params.rows(Transform::kChromagram), 12);
}

TEST(FeatureParams, CountsFramesOfASegment) {
  const FeatureParams params;
  EXPECT_EQ(params.frames_of(3), 130);
  EXPECT_EQ(params.frames_of(30), params.frame_count());
  EXPECT_EQ(params.frames_of(0), 1);
}

TEST(FeatureParams, RowsFollowTheKinds) {
  FeatureParams params;
  params.scale = SpectrogramScale::kLinear;
  params.percussion = PercussionKind::kTempogram;
  EXPECT_EQ(params.rows(Transform::kSpectrogram), 1025);
  EXPECT_EQ(params.rows(Transform::kPercussion), 384);
}

TEST(CheckFeatureParams, RefusesValuesWithoutMeaning) {
  constexpr auto kSpec = ErrorKind::kSpec;
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN(),
                   kInf = std::numeric_limits<double>::infinity();
  for (int rate : {0, -22050, 999, 2000000000})
    expect_refused(kSpec, "sample_rate", [=](FeatureParams& p) { p.sample_rate = rate; });
  for (double seconds : {0.0, -1.0, 1e-9, 1e9, kNan, kInf})
    expect_refused(kSpec, "clip_seconds", [=](FeatureParams& p) { p.clip_seconds = seconds; });
  for (int n_fft : {0, -2048, 2000, 3000})
    expect_refused(kSpec, "n_fft", [=](FeatureParams& p) { p.n_fft = n_fft; });
  for (int hop : {0, -512, 2049})
    expect_refused(kSpec, "hop_length", [=](FeatureParams& p) { p.hop_length = hop; });
  for (int n_mels : {0, -1, 1000000})
    expect_refused(kSpec, "n_mels", [=](FeatureParams& p) { p.n_mels = n_mels; });
  for (int n_mfcc : {0, -1, 129})
    expect_refused(kSpec, "n_mfcc", [=](FeatureParams& p) { p.n_mfcc = n_mfcc; });
}

TEST(CheckFeatureParams, RefusesDeltasOfFewerFramesThanTheyTake) {
  const auto change = [](int frames, int deltas) {
    return [=](FeatureParams& p) {
      p.clip_seconds = (frames - 1) * 512.0 / 22050;
      p.deltas = deltas;
    };
  };
  FeatureParams nine;
  change(9, 2)(nine);
  EXPECT_EQ(nine.frame_count(), 9);
  EXPECT_NO_THROW(check(nine));
  for (int deltas : {1, 2}) expect_refused(ErrorKind::kSpec, "need 9 frames", change(8, deltas));
  for (int deltas : {-1, 3}) expect_refused(ErrorKind::kSpec, "deltas is", change(100, deltas));
}

TEST(CheckFeatureParams, RefusesToMirrorAClipAsShortAsHalfAWindow) {
  const auto change = [](int samples) {
    return [=](FeatureParams& p) {
      p.profile = Profile::kTorchaudio;
      p.clip_seconds = samples / 22050.0;
    };
  };
  FeatureParams enough;
  change(1025)(enough);
  EXPECT_NO_THROW(check(enough));
  expect_refused(ErrorKind::kSpec, "profile torchaudio mirrors", change(1024));
}

TEST(CheckFeatureParams, RefusesWhatIsNotComputed) {
  constexpr auto kUnsupported = ErrorKind::kUnsupported;
  for (int n_fft : {128, 16384})
    expect_refused(kUnsupported, "256 to 8192", [=](FeatureParams& p) {
      p.n_fft = n_fft;
      p.hop_length = 100;
    });
  expect_refused(kUnsupported, "memory", [](FeatureParams& p) {
    p.clip_seconds = 600;
    p.hop_length = 1;
  });
}

TEST(CheckFeatureParams, AcceptsWhatIsThere) {
  for (int n_fft : {256, 512, 1024, 2048, 4096, 8192})
    for (double seconds : {0.1, 3.0, 600.0}) {
      FeatureParams params;
      params.n_fft = n_fft;
      params.clip_seconds = seconds;
      params.hop_length = 200;
      EXPECT_NO_THROW(check(params)) << n_fft;
    }
}

}  // namespace
}  // namespace genretrack
