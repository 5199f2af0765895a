#include "host/cli/recording_pictures.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "host/core/error.h"
#include "tests/audio/wav_files.h"
#include "tests/core/temporary_folder.h"

namespace genretrack {
namespace {

constexpr int kAllColumns = 1 << 20;

// Noise, a chord and clicks: no value is near the floor, so that a part has the whole's.
std::vector<float> music(int rate, double seconds) {
  std::vector<float> samples(static_cast<std::size_t>(seconds * rate));
  std::uint32_t state = 1;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    state = state * 1664525 + 1013904223;
    const double t = static_cast<double>(i) / rate;
    double value = 0.2 * (static_cast<double>(state >> 8) / (1 << 24) - 0.5);
    for (const double hz : {220.0, 277.18, 329.63}) value += 0.1 * std::sin(6.283185307 * hz * t);
    if (std::fmod(t, 0.5) < 0.01) value *= 3;
    samples[i] = static_cast<float>(value);
  }
  return samples;
}

constexpr std::array kKinds = {PictureKind::kSpectrogram, PictureKind::kFlux,       PictureKind::kTempogram,
                               PictureKind::kHarmonic,    PictureKind::kPercussive, PictureKind::kMfcc,
                               PictureKind::kChromagram};

// Deltas, too, so that every reach is seen.
FeatureParams params_of_parts() {
  FeatureParams params;
  params.deltas = 2;
  params.tuning = Tuning::kNone;
  return params;
}

RecordingPictures pictures_of(const std::filesystem::path& path, double start, double seconds,
                              PictureKind kind) {
  return recording_pictures(path, params_of_parts(), Device::kCpu, start, seconds, {kind}, kAllColumns);
}

void expect_same(const Picture& whole, const Picture& part, int first, double tolerance) {
  ASSERT_EQ(part.rows, whole.rows);
  double largest = 0;
  for (int row = 0; row < part.rows; ++row)
    for (int column = 0; column < part.columns; ++column)
      largest = std::max(
          largest,
          std::abs(double{part.values[static_cast<std::size_t>(row * part.columns + column)]} -
                   double{whole.values[static_cast<std::size_t>(row * whole.columns + first + column)]}));
  EXPECT_LE(largest, tolerance) << part.title;
}

TEST(RecordingPictures, APartHasTheValuesOfTheWhole) {
  const TemporaryFolder folder;
  for (const int rate : {22050, 44100}) {
    write_sound(folder / "a.wav", music(rate, 25), rate, 1, SF_FORMAT_WAV | SF_FORMAT_FLOAT);
    for (const PictureKind kind : kKinds) {
      const RecordingPictures all = pictures_of(folder / "a.wav", 0, 600, kind);
      const Picture& whole = all.pictures[0];
      for (const auto& [start, seconds] :
           {std::pair(0.0, 3.0), std::pair(0.5, 1.0), std::pair(9.3, 4.0), std::pair(0.0, 0.03),
            std::pair(12.0, 0.03), std::pair(24.99, 1.0), std::pair(22.0, 600.0)}) {
        SCOPED_TRACE(std::to_string(rate) + " " + std::to_string(start));
        const RecordingPictures shown = pictures_of(folder / "a.wav", start, seconds, kind);
        const Picture& part = shown.pictures[0];
        const int first = static_cast<int>(std::llround(start * 22050) / 512);
        const int last =
            std::min(whole.columns, first + 1 + static_cast<int>(std::llround(seconds * 22050)) / 512);
        EXPECT_EQ(part.columns, last - first);
        EXPECT_NEAR(shown.start, first * 512 / 22050.0, 1e-9);
        EXPECT_NEAR(part.x.low, (first - 0.5) * 512 / 22050.0, 1e-9);
        EXPECT_NEAR(shown.recording_seconds, 25, 1e-6);
        ASSERT_EQ(shown.pictures.size(), kind == PictureKind::kMfcc ? 3u : 1u);
        for (std::size_t i = 0; i < shown.pictures.size(); ++i)
          expect_same(all.pictures[i], shown.pictures[i], first, 2e-3);
      }
    }
  }
}

TEST(RecordingPictures, ComeInTheOrderAskedForWithSummaries) {
  const TemporaryFolder folder;
  write_sound(folder / "a.wav", music(22050, 2), 22050);
  const RecordingPictures shown =
      recording_pictures(folder / "a.wav", {}, Device::kCpu, 0, 600,
                         {PictureKind::kChromagram, PictureKind::kSpectrogram}, kAllColumns);
  ASSERT_EQ(shown.pictures.size(), 2u);
  EXPECT_EQ(shown.pictures[0].title, "Chromagram");
  EXPECT_EQ(shown.pictures[1].title, "Spectrogram");
  EXPECT_EQ(shown.summaries[0].rows, 12);
  EXPECT_EQ(shown.summaries[0].most, 1);
  EXPECT_EQ(shown.summaries[1].frames, 1 + 2 * 22050 / 512);
  EXPECT_EQ(shown.start, 0);
  EXPECT_EQ(shown.seconds, 2);
}

TEST(RecordingPictures, DrawDifferencesOnScalesOfTheirOwn) {
  const TemporaryFolder folder;
  write_sound(folder / "a.wav", music(22050, 2), 22050);
  const RecordingPictures shown = pictures_of(folder / "a.wav", 0, 600, PictureKind::kMfcc);
  ASSERT_EQ(shown.pictures.size(), 3u);
  EXPECT_EQ(shown.summaries[0].rows, 60);
  EXPECT_EQ(shown.pictures[1].title, "MFCC: first differences");
  EXPECT_EQ(shown.pictures[2].title, "MFCC: second differences");
  for (const Picture& picture : shown.pictures) EXPECT_EQ(picture.rows, 20);
  EXPECT_LT(shown.pictures[1].colour.high, shown.pictures[0].colour.high);
}

TEST(RecordingPictures, ShortRecordingsNeedDeltasOnlyForTheirPicture) {
  const TemporaryFolder folder;
  write_sound(folder / "a.wav", std::vector<float>{0.1f, -0.1f}, 22050);
  EXPECT_EQ(pictures_of(folder / "a.wav", 0, 600, PictureKind::kFlux).pictures[0].columns, 1);
  EXPECT_THROW(pictures_of(folder / "a.wav", 0, 600, PictureKind::kMfcc), Error);
}

std::string refusal(const std::filesystem::path& path, double start, double seconds) {
  try {
    pictures_of(path, start, seconds, PictureKind::kFlux);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    return error.what();
  }
  return "no error";
}

TEST(RecordingPictures, RefusesPartsThatAreNotThere) {
  const TemporaryFolder folder;
  write_sound(folder / "a.wav", music(22050, 2), 22050);
  EXPECT_EQ(refusal(folder / "a.wav", 1.999, 600), "no error");
  for (const double start : {2.0, 2.1, 60.0, 1e8})
    EXPECT_NE(refusal(folder / "a.wav", start, 600).find("lies behind its end; it lasts 2.00 s"),
              std::string::npos)
        << refusal(folder / "a.wav", start, 600);
  EXPECT_NE(refusal(folder / "a.wav", 0, 0.01).find("less than a frame"), std::string::npos);
  EXPECT_NE(refusal(folder / "a.wav", 0, 1801).find("at most 1800"), std::string::npos);
  EXPECT_NE(refusal(folder / "a.wav", 0, std::numeric_limits<double>::quiet_NaN()), "no error");
}

TEST(ParseTime, TakesSecondsAndClocks) {
  EXPECT_EQ(parse_time("--start", "0"), 0);
  EXPECT_EQ(parse_time("--start", "90"), 90);
  EXPECT_EQ(parse_time("--start", "90.25"), 90.25);
  EXPECT_EQ(parse_time("--start", "1:30"), 90);
  EXPECT_EQ(parse_time("--start", "62:03.5"), 3723.5);
  EXPECT_EQ(parse_time("--start", "1:02:03.5"), 3723.5);
  EXPECT_EQ(parse_time("--start", "100:00:00"), 360000);
}

TEST(ParseTime, RefusesEverythingElse) {
  for (const char* text : {"", "-1", "+1", "1e3", "nan", "inf", "0x10", ":", "1:", ":1", "1:2:3:4", "1:60",
                           "1:75:00", "1.5:00", "1..5", " 1", "1 ", "1s", "1,5"})
    try {
      parse_time("--start", text);
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUsage);
      EXPECT_TRUE(std::string(error.what()).starts_with("--start")) << error.what();
    }
}

}  // namespace
}  // namespace genretrack
