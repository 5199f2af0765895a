// Clips of every length against the naive references: shorter than a window, than the medians' and the
// tempogram's windows, 0.1 s, and ten minutes.
#include "tests/cpu/features/clip_match.h"

namespace genretrack::testing {
namespace {

class ClipLengths : public ::testing::TestWithParam<PercussionKind> {
 protected:
  static void TearDownTestSuite() { worst_.print(); }

  void expect_matches(const char* signal, FeatureParams params, int samples) {
    params.percussion = GetParam();
    params.clip_seconds = double(samples) / params.sample_rate;
    RandomClip clip{params, signal, samples, 0, false, reference::signal(signal, samples)};
    ASSERT_EQ(params.clip_samples(), samples);
    expect_clip_matches(clip, worst_);
  }

  static inline reference::Worst worst_;
};

TEST_P(ClipLengths, TenMinutes) {
  FeatureParams params;
  params.sample_rate = 1000;
  params.n_fft = params.hop_length = 256;
  params.n_mels = 20;
  params.deltas = 2;
  expect_matches("music", params, 600 * params.sample_rate);
}

TEST_P(ClipLengths, ATenthOfASecond) {
  for (Profile profile : {Profile::kLibrosa, Profile::kTorchaudio})
    for (int hop : {64, 512}) {
      FeatureParams params;
      params.profile = profile;
      params.hop_length = hop;
      params.deltas = hop == 64 ? 2 : 0;
      expect_matches("music", params, 2205);
    }
}

TEST_P(ClipLengths, ShorterThanAWindow) {
  for (int samples : {1, 2, 255, 256, 511, 512, 513, 1024, 2047}) {
    FeatureParams params;
    params.tuning = Tuning::kNone;  // hardly a peak, and ties
    expect_matches("noise", params, samples);
  }
}

// Around the medians' 31 frames and half of them, and the tempogram's 384.
TEST_P(ClipLengths, FramesAroundTheWindowsOfPercussion) {
  FeatureParams params;
  params.n_fft = 256;
  params.hop_length = 40;
  params.n_mels = 24;
  for (int frames : {1, 2, 3, 4, 9, 15, 16, 17, 30, 31, 32, 47, 191, 192, 193, 383, 384, 385, 400})
    expect_matches("music", params, params.hop_length * frames - 1);
}

TEST_P(ClipLengths, FramesAroundTheLanes) {
  FeatureParams params;
  params.n_fft = 512;
  params.hop_length = 128;
  params.n_mels = 30;
  params.deltas = 1;
  for (int frames = 9; frames <= 33; ++frames)
    expect_matches("sharp", params, params.hop_length * (frames - 1) + frames);
}

INSTANTIATE_TEST_SUITE_P(Kinds, ClipLengths,
                         ::testing::Values(PercussionKind::kFlux, PercussionKind::kTempogram,
                                           PercussionKind::kHpss));

}  // namespace
}  // namespace genretrack::testing
