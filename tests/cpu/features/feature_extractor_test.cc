// What a feature extractor promises beside its values, on every backend.
#include "host/core/error.h"
#include "tests/cpu/features/transforms_test.h"
#include "tests/reference/dsp_signals.h"

namespace genretrack::testing {
namespace {

std::vector<float> as_float(const std::vector<std::int16_t>& pcm) {
  std::vector<float> result;
  for (int v : pcm) result.push_back(float(v) / 32768);
  return result;
}

std::string message_of(FeatureExtractor& extractor, const FeatureParams& params,
                       const std::vector<Pcm>& clips, ErrorKind kind) {
  std::vector<Features> features(clips.size(), allocate(params));
  std::vector<ClipFeatures> out;
  for (Features& f : features) out.push_back(places(f));
  try {
    extractor.extract(clips, out);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind);
    return error.what();
  }
  return "no error";
}

class Extractor : public EachBackend {};

TEST_P(Extractor, Int16AndFloatGiveTheSameBits) {
  const auto pcm = reference::music(20011);
  const FeatureParams params = params_for(pcm.size());
  const auto extractor = make_extractor(params);
  const auto floats = as_float(pcm);
  EXPECT_EQ(extract(*extractor, params, std::span(pcm)),
            extract(*extractor, params, std::span(std::as_const(floats))));
}

TEST_P(Extractor, GivesTheSameBitsAgainAndInABatch) {
  const auto first = reference::music(22050), second = reference::sweep(22050), brief = reference::noise(300);
  const FeatureParams params = params_for(22050);
  const std::vector<Pcm> clips = {std::span(first), std::span(brief), std::span(second)};
  std::vector<Features> batch(3, allocate(params));
  std::vector<ClipFeatures> out;
  for (Features& f : batch) out.push_back(places(f));
  const auto extractor = make_extractor(params);
  extractor->extract(clips, out);
  for (std::size_t i = 0; i < clips.size(); ++i) {
    const auto fresh = make_extractor(params);
    EXPECT_EQ(batch[i], extract(*fresh, params, clips[i])) << "clip " << i;
  }
}

TEST_P(Extractor, IgnoresWhatLiesBehindTheClip) {
  auto pcm = reference::music(20000);
  const FeatureParams params = params_for(15000);
  const auto extractor = make_extractor(params);
  const Features before = extract(*extractor, params, std::span(std::as_const(pcm)));
  std::fill(pcm.begin() + 15000, pcm.end(), std::int16_t{32767});
  EXPECT_EQ(before, extract(*extractor, params, std::span(std::as_const(pcm))));
}

TEST_P(Extractor, SilenceIsMinus100DecibelWithoutFluxOrChroma) {
  const std::vector<std::int16_t> pcm(6000);
  const FeatureParams params = params_for(pcm.size());
  const auto extractor = make_extractor(params);
  const Features features = extract(*extractor, params, std::span(pcm));
  for (float v : features[0]) EXPECT_NEAR(v, -100, 1e-4);
  for (float v : features[1]) EXPECT_EQ(v, 0);
  for (float v : features[3]) EXPECT_EQ(v, 0);
}

TEST_P(Extractor, AnEmptyRecordingCountsAsSilence) {
  const std::vector<std::int16_t> none, zeros(6000);
  const FeatureParams params = params_for(6000);
  const auto extractor = make_extractor(params);
  EXPECT_EQ(extract(*extractor, params, std::span(none)), extract(*extractor, params, std::span(zeros)));
}

TEST_P(Extractor, RefusesSamplesThatAreNotFinite) {
  const FeatureParams params = params_for(9000);
  const auto extractor = make_extractor(params);
  const std::vector<float> good(9000, 0.25f);
  for (float value : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                      -std::numeric_limits<float>::infinity()}) {
    std::vector<float> bad = good;
    bad[8999] = value;
    const std::string message =
        message_of(*extractor, params, {std::span(good), std::span(std::as_const(bad))}, ErrorKind::kData);
    EXPECT_NE(message.find("clip 1: sample 8999 is not finite"), std::string::npos) << message;
  }
  std::vector<float> loud = good;
  loud[3] = 1e20f;
  const std::string message =
      message_of(*extractor, params, {std::span(std::as_const(loud))}, ErrorKind::kData);
  EXPECT_NE(message.find("clip 0: sample 3"), std::string::npos) << message;
}

TEST_P(Extractor, AnyAcceptedLoudnessGivesFiniteValues) {
  const FeatureParams params = params_for(9000);
  const auto extractor = make_extractor(params);
  for (float level : {1e9f, 1e-12f, 1e-30f, 1e-44f}) {
    std::vector<float> pcm;
    for (std::size_t i = 0; i < 9000; ++i) pcm.push_back(i % 40 < 20 ? level : -level);
    for (const auto& rows : extract(*extractor, params, std::span(std::as_const(pcm))))
      for (float v : rows) ASSERT_TRUE(std::isfinite(v)) << "level " << level;
  }
}

TEST_P(Extractor, RefusesPlacesOfAnotherSize) {
  const FeatureParams params = params_for(9000);
  const auto extractor = make_extractor(params);
  const std::vector<std::int16_t> pcm(9000);
  const std::string message = message_of(*extractor, params_for(9512), {std::span(pcm)}, ErrorKind::kFailure);
  EXPECT_NE(message.find("place for the spectrogram"), std::string::npos) << message;
}

TEST_P(Extractor, FramesOfTenMinutesAreThoseOfAShortClip) {
  constexpr std::size_t kBefore = 25000, kHop = 512;  // frames of silence: nothing but the place differs
  const auto music = reference::music(22050);
  std::vector<std::int16_t> long_pcm(kBefore * kHop);
  long_pcm.insert(long_pcm.end(), music.begin(), music.end());
  const FeatureParams params = params_for(music.size()), long_params = params_for(long_pcm.size());
  const Features expected = extract(*make_extractor(params), params, std::span(music));
  const Features found =
      extract(*make_extractor(long_params), long_params, std::span(std::as_const(long_pcm)));
  const auto frames = std::size_t(params.frame_count()), long_frames = std::size_t(long_params.frame_count());
  for (Transform t : kTransforms)
    for (std::size_t r = 0; r < std::size_t(params.rows(t)); ++r)
      for (std::size_t f = 1; f < frames; ++f)  // the first has no frame before it
        ASSERT_EQ(found[std::size_t(t)][r * long_frames + kBefore + f],
                  expected[std::size_t(t)][r * frames + f])
            << name(t) << " row " << r << " frame " << f;
}

INSTANTIATE_TEST_SUITE_P(Backends, Extractor, ::testing::ValuesIn(backend_names()));

}  // namespace
}  // namespace genretrack::testing
