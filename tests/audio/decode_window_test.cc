#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "host/audio/decode.h"
#include "host/core/error.h"
#include "tests/audio/wav_files.h"
#include "tests/core/temporary_folder.h"

namespace genretrack {
namespace {

constexpr int kRate = 22050;
constexpr int kFloatWav = SF_FORMAT_WAV | SF_FORMAT_FLOAT;

// A sweep over which no two places look alike, so that samples that are shifted by one are seen; channels
// differ.
std::vector<float> sweep(int rate, double seconds, int channels) {
  std::vector<float> samples;
  const auto frames = static_cast<std::size_t>(seconds * rate);
  for (std::size_t i = 0; i < frames; ++i) {
    const double t = static_cast<double>(i) / rate;
    for (int c = 0; c < channels; ++c)
      samples.push_back(static_cast<float>((0.4 - 0.1 * c) * std::sin(600 * t + 150 * t * t + c)));
  }
  return samples;
}

std::vector<float> as_floats(const Recording& recording) {
  return std::visit(
      [](const auto& samples) {
        std::vector<float> values;
        for (const auto v : samples)
          values.push_back(std::is_same_v<decltype(v), const float> ? static_cast<float>(v)
                                                                    : static_cast<float>(v) / 32768);
        return values;
      },
      recording.samples);
}

struct Kind {
  const char* name;
  int format, rate, channels;
  double tolerance;
};

// Seen: 4e-7 where a rate or a lossy codec is in play, 2e-6 at 44,101 Hz.
const std::vector<Kind> kKinds = {
    {"plain.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, kRate, 1, 0},
    {"stereo.wav", kFloatWav, kRate, 2, 0},
    {"a.au", SF_FORMAT_AU | SF_FORMAT_PCM_16, kRate, 1, 0},
    {"a.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, kRate, 1, 0},
    {"44100.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 44100, 2, 1e-6},
    {"44100.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 44100, 2, 1e-6},
    {"48000.wav", kFloatWav, 48000, 1, 1e-6},
    {"11025.wav", kFloatWav, 11025, 1, 1e-6},
    {"44101.wav", kFloatWav, 44101, 1, 1e-5},
    {"a.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS, 44100, 2, 1e-5},
    {"a.opus", SF_FORMAT_OGG | SF_FORMAT_OPUS, 48000, 2, 1e-5},
    {"a.mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, 44100, 2, 1e-5},
};

class DecodeWindow : public testing::TestWithParam<Kind> {
 protected:
  TemporaryFolder folder_;
};

TEST_P(DecodeWindow, IsThatPartOfTheWhole) {
  const Kind& kind = GetParam();
  write_sound(folder_ / kind.name, sweep(kind.rate, 9.3, kind.channels), kind.rate, kind.channels,
              kind.format);
  const Recording all = decode(folder_ / kind.name, kRate);
  const std::vector<float> whole = as_floats(all);
  const std::size_t size = whole.size();
  for (const auto& [first, count] : {std::pair<std::size_t, std::size_t>{0, 1000},
                                     {5, 30000},
                                     {22049, 2},
                                     {3 * 22050, 1},
                                     {100001, 50000},
                                     {size - 10, 100},
                                     {size - 60000, 60000},
                                     {0, size}}) {
    SCOPED_TRACE(std::to_string(first) + " " + std::to_string(count));
    const Recording recording = decode_window(folder_ / kind.name, kRate, first, count);
    EXPECT_EQ(recording.seconds, all.seconds);
    EXPECT_EQ(recording.file_channels, kind.channels);
    EXPECT_EQ(recording.samples.index(), all.samples.index());
    const std::vector<float> part = as_floats(recording);
    ASSERT_EQ(part.size(), std::min(count, size - first));
    double largest = 0;
    for (std::size_t i = 0; i < part.size(); ++i)
      largest = std::max(largest, std::abs(double{part[i]} - double{whole[first + i]}));
    EXPECT_LE(largest, kind.tolerance);
  }
}

// Of about 35 seconds, so that seeking in ogg files, too, is more than reading from the beginning.
TEST_P(DecodeWindow, FindsItsPlaceInALongerRecording) {
  const Kind& kind = GetParam();
  write_sound(folder_ / kind.name, sweep(kind.rate, 35.1, kind.channels), kind.rate, kind.channels,
              kind.format);
  const std::vector<float> whole = as_floats(decode(folder_ / kind.name, kRate));
  for (const double seconds : {4.2, 8.7, 20.0, 31.9, 33.95}) {
    const auto first = static_cast<std::size_t>(seconds * kRate);
    const std::vector<float> part = as_floats(decode_window(folder_ / kind.name, kRate, first, kRate));
    ASSERT_EQ(part.size(), std::size_t{kRate});
    double largest = 0;
    for (std::size_t i = 0; i < part.size(); ++i)
      largest = std::max(largest, std::abs(double{part[i]} - double{whole[first + i]}));
    EXPECT_LE(largest, kind.tolerance) << seconds;
  }
}

TEST_P(DecodeWindow, HasNoSamplesBehindTheEnd) {
  const Kind& kind = GetParam();
  write_sound(folder_ / kind.name, sweep(kind.rate, 2, kind.channels), kind.rate, kind.channels, kind.format);
  const std::size_t size = decode(folder_ / kind.name, kRate).size();
  for (const std::size_t first : {size, size + 1, size + 22050, 100 * size, std::size_t{1} << 50}) {
    const Recording recording = decode_window(folder_ / kind.name, kRate, first, 1000);
    EXPECT_EQ(recording.size(), 0u) << first;
    EXPECT_NEAR(recording.seconds, 2, 0.06);
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, DecodeWindow, testing::ValuesIn(kKinds), [](const auto& kind) {
  std::string name = kind.param.name;
  for (char& c : name)
    if (c == '.') c = '_';
  return name;
});

TEST(DecodeWindowErrors, NamesTheSampleOfTheFileThatIsNotFinite) {
  const TemporaryFolder folder;
  std::vector<float> samples = sine(440, kRate, 6 * kRate);
  samples[5 * kRate + 7] = std::numeric_limits<float>::infinity();
  write_sound(folder / "bad.wav", samples, kRate, 1, kFloatWav);
  EXPECT_EQ(decode_window(folder / "bad.wav", kRate, 2 * kRate, kRate).size(), std::size_t{kRate});
  try {
    decode_window(folder / "bad.wav", kRate, 4 * kRate, 2 * kRate);
    FAIL() << "an infinity was read";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kData);
    EXPECT_NE(std::string(error.what()).find("sample 110257 is not a finite number"), std::string::npos)
        << error.what();
  }
}

TEST(DecodeWindowErrors, RefusesACutRecordingWhereverTheWindowLies) {
  const TemporaryFolder folder;
  for (const auto& [name, format] : {std::pair("a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16),
                                     std::pair("a.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16),
                                     std::pair("a.mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III)}) {
    write_sound(folder / name, sweep(kRate, 20, 1), kRate, 1, format);
    cut_to(folder / name, 0.6);
    for (const std::size_t first : {0, 5 * kRate, 15 * kRate})
      EXPECT_THROW(decode_window(folder / name, kRate, first, kRate), Error) << name << " " << first;
  }
}

}  // namespace
}  // namespace genretrack
