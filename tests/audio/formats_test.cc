// Every format, at the rates and channels that collections have: the length of the source and its samples, in
// place, whatever an encoder put before them.
#include <gtest/gtest.h>
#include <sndfile.h>

#include <cmath>
#include <string>
#include <vector>

#include "host/audio/decode.h"
#include "host/core/error.h"
#include "tests/audio/wav_files.h"
#include "tests/core/temporary_folder.h"

namespace genretrack {
namespace {

constexpr int kRate = 22050;
constexpr double kSeconds = 3;

// A chirp from 200 to 2000 Hz, so that a shift of one sample shows.
double chirp(double seconds) {
  return 0.5 * std::sin(2 * std::numbers::pi * (200 * seconds + 300 * seconds * seconds));
}

struct Format {
  const char* name;
  int format, rate, channels;
  double least_db;  // of signal over error
};

// The channels are the chirp's double and nothing, so that their average is the chirp.
std::vector<float> frames_of(const Format& format) {
  std::vector<float> frames;
  const auto count = static_cast<std::size_t>(kSeconds * format.rate);
  for (std::size_t i = 0; i < count; ++i) {
    const auto value = static_cast<float>(chirp(static_cast<double>(i) / format.rate));
    if (format.channels == 1)
      frames.push_back(value);
    else
      frames.insert(frames.end(), {1.5f * value, 0.5f * value});
  }
  return frames;
}

// Power of the chirp over that of the difference, in dB, without the first and last tenth of a second, where
// a resampler and an encoder have nothing to look at.
double signal_over_error(const std::vector<float>& samples) {
  double signal = 0, error = 0;
  for (std::size_t i = kRate / 10; i + kRate / 10 < samples.size(); ++i) {
    const double expected = chirp(static_cast<double>(i) / kRate),
                 difference = static_cast<double>(samples[i]) - expected;
    signal += expected * expected;
    error += difference * difference;
  }
  return 10 * std::log10(signal / error);
}

std::vector<float> floats_of(const Recording& recording) {
  std::vector<float> floats;
  std::visit(
      [&](const auto& samples) {
        const float scale = std::is_same_v<std::decay_t<decltype(samples[0])>, float> ? 1.0f : 1.0f / 32768;
        for (const auto sample : samples) floats.push_back(static_cast<float>(sample) * scale);
      },
      recording.samples);
  return floats;
}

class Formats : public testing::TestWithParam<Format> {};

TEST_P(Formats, GiveTheSourceInItsPlace) {
  const Format& format = GetParam();
  const TemporaryFolder folder;
  write_sound(folder / "file", frames_of(format), format.rate, format.channels, format.format);
  const Recording recording = decode(folder / "file", kRate);
  EXPECT_EQ(recording.file_sample_rate, format.rate);
  EXPECT_EQ(recording.file_channels, format.channels);
  EXPECT_DOUBLE_EQ(recording.seconds, kSeconds);
  const std::vector<float> samples = floats_of(recording);
  EXPECT_EQ(samples.size(), static_cast<std::size_t>(kSeconds * kRate));
  EXPECT_GT(signal_over_error(samples), format.least_db);
}

INSTANTIATE_TEST_SUITE_P(
    All, Formats,
    testing::Values(Format{"Mp3Stereo44100", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, 44100, 2, 25},
                    Format{"Mp3Mono22050", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, 22050, 1, 25},
                    Format{"OpusStereo48000", SF_FORMAT_OGG | SF_FORMAT_OPUS, 48000, 2, 25},
                    Format{"OpusMono16000", SF_FORMAT_OGG | SF_FORMAT_OPUS, 16000, 1, 25},
                    Format{"VorbisStereo44100", SF_FORMAT_OGG | SF_FORMAT_VORBIS, 44100, 2, 20},
                    Format{"FlacMono96000", SF_FORMAT_FLAC | SF_FORMAT_PCM_24, 96000, 1, 90},
                    Format{"FlacStereo44100", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 44100, 2, 70},
                    Format{"AuMono8000", SF_FORMAT_AU | SF_FORMAT_PCM_16, 8000, 1, 70},
                    Format{"AuUlaw8000", SF_FORMAT_AU | SF_FORMAT_ULAW, 8000, 1, 30},
                    Format{"AuFloatStereo22050", SF_FORMAT_AU | SF_FORMAT_FLOAT, 22050, 2, 120},
                    Format{"Wav24Stereo48000", SF_FORMAT_WAV | SF_FORMAT_PCM_24, 48000, 2, 90},
                    Format{"Wav8Mono11025", SF_FORMAT_WAV | SF_FORMAT_PCM_U8, 11025, 1, 35},
                    Format{"WavDouble32000", SF_FORMAT_WAV | SF_FORMAT_DOUBLE, 32000, 1, 90},
                    Format{"WavExtensible22050", SF_FORMAT_WAVEX | SF_FORMAT_PCM_16, 22050, 2, 70},
                    Format{"Rf64Mono22050", SF_FORMAT_RF64 | SF_FORMAT_PCM_16, 22050, 1, 70}),
    [](const auto& instance) { return instance.param.name; });

// Formats that libsndfile reads and this program does not: their decoders are never reached.
TEST(OtherFormats, AreRefusedBeforeTheyAreDecoded) {
  const TemporaryFolder folder;
  const std::vector<float> samples = sine(440, kRate, 1000);
  for (const int container : {SF_FORMAT_AIFF, SF_FORMAT_W64, SF_FORMAT_CAF, SF_FORMAT_VOC, SF_FORMAT_NIST,
                              SF_FORMAT_IRCAM, SF_FORMAT_MAT5, SF_FORMAT_PAF, SF_FORMAT_SVX}) {
    write_sound(folder / "a.wav", samples, kRate, 1, container | SF_FORMAT_PCM_16);
    try {
      decode(folder / "a.wav", kRate);
      ADD_FAILURE() << std::hex << container;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find("not audio that can be read here"), std::string::npos)
          << error.what();
    }
  }
}

// A tag of `size` bytes as taggers put it before mp3 and flac.
std::string id3_tag(std::size_t size) {
  std::string tag("ID3\3\0\0", 6);
  for (int shift = 21; shift >= 0; shift -= 7) tag += static_cast<char>(size >> shift & 0x7f);
  return tag + std::string(size, '\0');
}

TEST(OtherFormats, TagsBeforeTheSoundAreSkipped) {
  const TemporaryFolder folder;
  for (const int format : {SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, SF_FORMAT_FLAC | SF_FORMAT_PCM_16}) {
    write_sound(folder / "plain", sine(440, kRate, 30000), kRate, 1, format);
    std::ifstream file(folder / "plain", std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    for (const std::size_t size : {20u, 300u, 70000u}) {
      write_bytes(folder / "tagged", id3_tag(size) + bytes);
      EXPECT_EQ(decode(folder / "tagged", kRate).size(), 30000u) << size;
    }
    // A tag that ends in nothing, and tags without end.
    write_bytes(folder / "only", id3_tag(300));
    EXPECT_THROW(decode(folder / "only", kRate), Error);
    std::string many;
    for (int i = 0; i < 100; ++i) many += id3_tag(20);
    write_bytes(folder / "many", many + bytes);
    EXPECT_THROW(decode(folder / "many", kRate), Error);
  }
}

}  // namespace
}  // namespace genretrack
