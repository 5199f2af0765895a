// What the kinds of percussion, the linear spectrogram, the deltas and the torchaudio profile promise beside
// their values, which tests/cpu/features/reference_test.cc and tests/golden compare.
#include <array>
#include <cstdlib>

#include "tests/cpu/features/transforms_test.h"
#include "tests/reference/dsp_signals.h"

namespace genretrack::testing {
namespace {

std::vector<float> row_of(const std::vector<float>& rows, const FeatureParams& params, int row) {
  const auto from = rows.begin() + std::ptrdiff_t{row} * params.frame_count();
  return {from, from + params.frame_count()};
}

class Kinds : public EachBackend {
 protected:
  Features extract_kind(FeatureParams params, const std::vector<std::int16_t>& pcm) {
    return extract(*make_extractor(params), params, std::span(pcm));
  }
};

TEST_P(Kinds, LeaveTheOtherTransformsAsTheyAre) {
  const auto pcm = reference::music(44100);
  FeatureParams params = params_for(pcm.size());
  const Features flux = extract_kind(params, pcm);
  for (auto kind : {PercussionKind::kTempogram, PercussionKind::kHpss, PercussionKind::kHarmonic}) {
    params.percussion = kind;
    const Features other = extract_kind(params, pcm);
    for (std::size_t t : {0, 2, 3}) EXPECT_EQ(other[t], flux[t]) << t;
  }
  params.scale = SpectrogramScale::kLinear;
  params.percussion = PercussionKind::kFlux;
  const Features linear = extract_kind(params, pcm);
  for (std::size_t t : {1, 2, 3}) EXPECT_EQ(linear[t], flux[t]) << t;
}

TEST_P(Kinds, GiveTheSameBitsAgain) {
  const auto pcm = reference::music(33000), other = reference::noise(33000);
  for (auto kind : {PercussionKind::kTempogram, PercussionKind::kHpss}) {
    FeatureParams params = params_for(pcm.size());
    params.percussion = kind;
    params.deltas = 2;
    const auto extractor = make_extractor(params);
    const Features first = extract(*extractor, params, std::span(pcm));
    extract(*extractor, params, std::span(other));
    EXPECT_EQ(extract(*extractor, params, std::span(pcm)), first);
  }
}

TEST_P(Kinds, AgreeWithAnotherBackend) {
  const auto pcm = reference::music(50001);
  FeatureParams params = params_for(pcm.size());
  params.hop_length = 200;  // 251 frames: several stretches of HPSS, the last cut
  for (auto kind : {PercussionKind::kTempogram, PercussionKind::kHpss, PercussionKind::kHarmonic}) {
    params.percussion = kind;
    const Features here = extract_kind(params, pcm);
    const Features other = extract(*make_other_extractor(params), params, std::span(pcm));
    EXPECT_LE(largest_difference(here[1], other[1]), kind == PercussionKind::kTempogram ? 1e-4 : 0.01);
  }
}

TEST_P(Kinds, TempogramOfSilenceIsZeroAndOfOnsetsOneAtLagZero) {
  std::vector<std::int16_t> pcm(100000);
  FeatureParams params = params_for(pcm.size());
  params.percussion = PercussionKind::kTempogram;
  const Features silence = extract_kind(params, pcm);
  for (float v : silence[1]) ASSERT_EQ(v, 0);
  pcm = reference::music(int(pcm.size()));
  const auto zero = row_of(extract_kind(params, pcm)[1], params, 0);
  for (float v : zero) ASSERT_EQ(v, 1);
}

TEST_P(Kinds, TempogramIsZeroWhereTheWindowHasNoOnset) {
  constexpr int kFrames = 1200, kClick = 600;
  std::vector<std::int16_t> pcm(kFrames * 512);
  pcm[kClick * 512] = 30000;
  FeatureParams params = params_for(pcm.size());
  params.percussion = PercussionKind::kTempogram;
  const auto rows = extract_kind(params, pcm)[1];
  const auto zero = row_of(rows, params, 0);
  for (int f = 0; f < params.frame_count(); ++f) {
    const int distance = std::abs(f - kClick);
    if (distance < 180 || distance > 200) {
      ASSERT_EQ(zero[std::size_t(f)], distance < 180 ? 1 : 0) << f;
    }
  }
  for (float v : rows) ASSERT_LE(v, 1.00001f);
}

TEST_P(Kinds, TempogramShowsAPeriod) {
  constexpr int kPeriod = 20;  // frames
  std::vector<std::int16_t> pcm(600 * 512);
  for (std::size_t i = 0; i < pcm.size(); i += kPeriod * 512) pcm[i] = 30000;
  FeatureParams params = params_for(pcm.size());
  params.percussion = PercussionKind::kTempogram;
  const auto rows = extract_kind(params, pcm)[1];
  const auto at = [&](int lag) { return row_of(rows, params, lag)[300]; };
  EXPECT_GT(at(kPeriod), 0.9);
  EXPECT_GT(at(2 * kPeriod), 0.8);
  EXPECT_LT(at(kPeriod / 2), 0.1);
}

TEST_P(Kinds, HpssParts) {
  // A tone in two bins, and clicks: the parts are each other's silence.
  std::vector<std::int16_t> tone = reference::signal("nyquist", 88200), clicks(88200);
  for (std::size_t i = 0; i < tone.size(); ++i) tone[i] = std::int16_t(i % 32 < 16 ? 6000 : -6000);
  for (std::size_t i = 11025; i < clicks.size(); i += 22050) clicks[i] = 30000;
  FeatureParams params = params_for(tone.size());
  const auto mean_of = [&](PercussionKind kind, const std::vector<std::int16_t>& pcm) {
    params.percussion = kind;
    const auto rows = extract_kind(params, pcm)[1];
    double power = 0;
    for (int m = 0; m < params.n_mels; ++m)
      for (int f = 20; f < params.frame_count() - 20; ++f)  // without the tone's beginning and end
        power += std::pow(10, row_of(rows, params, m)[std::size_t(f)] / 10.0);
    return power;
  };
  EXPECT_GT(mean_of(PercussionKind::kHarmonic, tone), 1e3 * mean_of(PercussionKind::kHpss, tone));
  EXPECT_GT(mean_of(PercussionKind::kHpss, clicks), 1e3 * mean_of(PercussionKind::kHarmonic, clicks));
}

TEST_P(Kinds, LinearSpectrogramSpans80DecibelOfEveryBin) {
  const auto pcm = reference::sweep(30000);
  FeatureParams params = params_for(pcm.size());
  params.scale = SpectrogramScale::kLinear;
  const auto rows = extract_kind(params, pcm)[0];
  const auto [low, high] = std::minmax_element(rows.begin(), rows.end());
  EXPECT_FLOAT_EQ(*low, *high - 80);
}

TEST_P(Kinds, DeltasFollowTheCoefficients) {
  const auto pcm = reference::music(9 * 512);
  FeatureParams params = params_for(pcm.size());
  const auto plain = extract_kind(params, pcm)[2];
  params.deltas = 2;
  const auto rows = extract_kind(params, pcm)[2];
  EXPECT_EQ(std::vector(rows.begin(), rows.begin() + std::ptrdiff_t(plain.size())), plain);
  for (int c = 0; c < params.n_mfcc; ++c) {
    const auto row = row_of(rows, params, c);
    const auto slope = row_of(rows, params, params.n_mfcc + c);
    double expected = 0;  // least squares over the middle nine of ten frames
    for (int i = -4; i <= 4; ++i) expected += i * row[std::size_t(4 + i)] / 60.0;
    for (std::size_t f = 0; f <= 4; ++f) EXPECT_NEAR(slope[f], expected, 1e-3);
    EXPECT_EQ(slope[5], slope[9]);
  }
}

TEST_P(Kinds, TorchaudioMirrorsTheClipAtItsEnds) {
  const std::vector<std::int16_t> pcm(20000, 8000);  // the mirror of a constant goes on as it is
  FeatureParams params = params_for(pcm.size());
  params.scale = SpectrogramScale::kLinear;
  const auto level = [&](int frame) {
    return row_of(extract_kind(params, pcm)[0], params, 0)[std::size_t(frame)];
  };
  EXPECT_NEAR(level(0), level(20) - 6.02, 0.01);
  params.profile = Profile::kTorchaudio;
  for (int frame : {0, 1, params.frame_count() - 1}) EXPECT_NEAR(level(frame), level(20), 1e-3);
}

TEST_P(Kinds, TorchaudioFloorsOnlyTheMfcc) {
  auto pcm = reference::music(30000);
  std::fill(pcm.begin() + 15000, pcm.end(), std::int16_t{0});
  FeatureParams params = params_for(pcm.size());
  params.profile = Profile::kTorchaudio;
  const Features features = extract_kind(params, pcm);
  const auto [low, high] = std::minmax_element(features[0].begin(), features[0].end());
  EXPECT_FLOAT_EQ(*low, -100);
  EXPECT_GT(*high, -10);
  // Bands of a silent frame, all at the maximum - 80, make the first coefficient.
  const auto last = row_of(features[2], params, 0).back();
  EXPECT_NEAR(last, (*high - 80) * std::sqrt(128.0), 1e-2);
}

TEST_P(Kinds, TakeAnyClipAndHop) {
  for (auto kind : {PercussionKind::kTempogram, PercussionKind::kHpss})
    for (auto profile : {Profile::kLibrosa, Profile::kTorchaudio})
      for (auto [n_fft, hop, n_mels, samples] : {std::array{256, 1, 128, 700},
                                                 {256, 256, 1024, 2205},
                                                 {8192, 8191, 1, 9000},
                                                 {512, 3, 300, 2205},
                                                 {2048, 512, 128, 16384},
                                                 {1024, 777, 128, 1025}}) {
        FeatureParams params = params_for(std::size_t(samples));
        params.n_fft = n_fft;
        params.hop_length = hop;
        params.n_mels = n_mels;
        params.n_mfcc = std::min(20, n_mels);
        params.percussion = kind;
        params.profile = profile;
        for (const auto& rows : extract_kind(params, reference::music(samples)))
          for (float v : rows)
            ASSERT_TRUE(std::isfinite(v)) << n_fft << " " << hop << " " << n_mels << " " << samples;
      }
}

INSTANTIATE_TEST_SUITE_P(Backends, Kinds, ::testing::ValuesIn(backend_names()));

}  // namespace
}  // namespace genretrack::testing
