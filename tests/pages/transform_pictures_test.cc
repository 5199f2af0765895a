#include "host/cli/transform_pictures.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "host/backend/device.h"
#include "host/cli/picture_axes.h"

namespace genretrack {
namespace {

constexpr double kPi = std::numbers::pi;
constexpr std::array kKinds = {PictureKind::kSpectrogram, PictureKind::kFlux,       PictureKind::kTempogram,
                               PictureKind::kHarmonic,    PictureKind::kPercussive, PictureKind::kMfcc,
                               PictureKind::kChromagram};

constexpr int kAllColumns = 1 << 20;

Picture picture_of(PictureKind kind, const std::vector<float>& samples, FeatureParams params = {},
                   int most_columns = kAllColumns) {
  params.clip_seconds = static_cast<double>(samples.size()) / params.sample_rate;
  params.percussion = percussion_of(kind).value_or(PercussionKind::kFlux);
  std::vector<std::vector<float>> values;
  ClipFeatures features;
  for (const Transform t : kTransforms)
    values.emplace_back(static_cast<std::size_t>(params.rows(t)) *
                        static_cast<std::size_t>(params.frame_count()));
  for (std::size_t i = 0; i < values.size(); ++i) features.rows[i] = values[i];
  const Pcm pcm = std::span<const float>(samples);
  make_feature_extractor(Device::kCpu, params)->extract({&pcm, 1}, {&features, 1});
  return transform_pictures(kind, params, {0, params.frame_count(), 0},
                            values[static_cast<std::size_t>(transform_of(kind))], most_columns)[0];
}

std::vector<float> tone(double hz, double seconds) {
  std::vector<float> samples(static_cast<std::size_t>(seconds * 22050));
  for (std::size_t i = 0; i < samples.size(); ++i)
    samples[i] = static_cast<float>(0.5 * std::sin(2 * kPi * hz * static_cast<double>(i) / 22050));
  return samples;
}

// Sums along rows or columns; the index of the largest.
int strongest_row(const Picture& picture) {
  std::vector<double> sums(static_cast<std::size_t>(picture.rows));
  for (std::size_t i = 0; i < picture.values.size(); ++i)
    sums[i / static_cast<std::size_t>(picture.columns)] += picture.values[i];
  return static_cast<int>(std::max_element(sums.begin(), sums.end()) - sums.begin());
}

int strongest_column(const Picture& picture) {
  std::vector<double> sums(static_cast<std::size_t>(picture.columns));
  for (std::size_t i = 0; i < picture.values.size(); ++i)
    sums[i % static_cast<std::size_t>(picture.columns)] += picture.values[i];
  return static_cast<int>(std::max_element(sums.begin(), sums.end()) - sums.begin());
}

double place_of(const Axis& axis, const std::string& label) {
  for (const Tick& tick : axis.ticks)
    if (tick.label == label) return tick.at;
  ADD_FAILURE() << "no tick " << label;
  return -1;
}

TEST(TransformPictures, FrequencyTickLiesOnTheBandOfItsTone) {
  for (const int hz : {500, 1000, 4000, 8000}) {
    const Picture spectrogram = picture_of(PictureKind::kSpectrogram, tone(hz, 2));
    EXPECT_NEAR(place_of(spectrogram.y, std::to_string(hz)), strongest_row(spectrogram) + 0.5, 0.75) << hz;
  }
}

TEST(TransformPictures, NoteTickLiesOnItsPitchClass) {
  const std::vector<std::pair<std::string, double>> notes = {{"A", 440}, {"C", 523.25}, {"F\u266f", 369.99}};
  for (const auto& [note, hz] : notes) {
    const Picture chromagram = picture_of(PictureKind::kChromagram, tone(hz, 2));
    EXPECT_EQ(place_of(chromagram.y, note), strongest_row(chromagram) + 0.5) << note;
  }
}

TEST(TransformPictures, SecondTickLiesOnTheFrameOfItsClick) {
  std::vector<float> samples(5 * 22050, 0.0f);
  samples[3 * 22050] = 0.9f;
  const Picture percussion = picture_of(PictureKind::kFlux, samples);
  const double at = percussion.x.share(place_of(percussion.x, "3.0")) * percussion.columns;
  // Flux is the rise into the frames that hold the click, half a window (two frames) ahead of it at most.
  EXPECT_NEAR(at, strongest_column(percussion) + 0.5, 2.5);
}

TEST(TransformPictures, SilenceAndTwoSamplesHaveAxesToo) {
  for (const std::size_t length : {std::size_t{2}, std::size_t{22050}})
    for (const PictureKind kind : kKinds) {
      const Picture picture = picture_of(kind, std::vector<float>(length, 0.0f));
      EXPECT_GT(picture.colour.high, picture.colour.low) << picture.title;
      EXPECT_GT(picture.x.high, picture.x.low) << picture.title;
      EXPECT_FALSE(picture.x.ticks.empty()) << picture.title;
      EXPECT_GE(picture.y.ticks.size(), 5u) << picture.title;
      EXPECT_FALSE(heat_map_png(picture).empty()) << picture.title;
    }
}

TEST(TransformPictures, TicksLieWithinTheirAxesInOrder) {
  for (const PictureKind kind : kKinds)
    for (const int rate : {8000, 22050, 48000}) {
      FeatureParams params;
      params.sample_rate = rate;
      const Picture picture = picture_of(kind, tone(440, 3), params);
      for (const Axis* axis : {&picture.x, &picture.y, &picture.colour})
        for (std::size_t i = 0; i < axis->ticks.size(); ++i) {
          EXPECT_GE(axis->share(axis->ticks[i].at), -1e-9) << axis->title;
          EXPECT_LE(axis->share(axis->ticks[i].at), 1 + 1e-9) << axis->title;
          if (i > 0) {
            EXPECT_GT(axis->ticks[i].at, axis->ticks[i - 1].at) << axis->title;
          }
        }
    }
}

TEST(TransformPictures, ColoursCoverWhatIsDrawnOfAReducedPicture) {
  std::vector<float> samples(20 * 22050, 0.0f);
  for (std::size_t i = 0; i < samples.size(); i += 2205) samples[i] = 0.9f;
  const Picture all = picture_of(PictureKind::kFlux, samples);
  const Picture few = picture_of(PictureKind::kFlux, samples, {}, 50);
  EXPECT_EQ(few.columns, 50);
  EXPECT_NE(few.note.find("largest value of"), std::string::npos) << few.note;
  EXPECT_GE(few.colour.high, all.colour.high);
  EXPECT_EQ(few.x.high, all.x.high);
}

TEST(TransformPictures, TempoIsThatOfItsLag) {
  const FeatureParams params;
  EXPECT_NEAR(tempo_of_lag(params, 43.0664), 60, 1e-3);
  const Axis axis = tempo_axis(params, 384);
  EXPECT_NEAR(std::exp2(axis.low), tempo_of_lag(params, 383), 1e-9);
  std::string labels;
  for (const Tick& tick : axis.ticks) {
    labels += tick.label + " ";
    EXPECT_NEAR(std::exp2(tick.at), std::stod(tick.label), 0.05);
  }
  EXPECT_EQ(labels, "7.5 15 30 45 60 90 120 180 240 480 ");
}

}  // namespace
}  // namespace genretrack
