#include "host/audio/decode.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmath>
#include <limits>
#include <string>

#include "host/core/error.h"
#include "tests/audio/wav_files.h"
#include "tests/core/temporary_folder.h"

// libsndfile 1.2 forgets 6 KB of libvorbis when it gives up on a damaged ogg file; asked for by the leak
// sanitizer.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:vorbis_info_init\n"; }

namespace genretrack {
namespace {

namespace fs = std::filesystem;

constexpr int kRate = 22050;
constexpr int kFloatWav = SF_FORMAT_WAV | SF_FORMAT_FLOAT;

std::string refusal(const fs::path& path, double max_seconds = 0) {
  try {
    decode(path, kRate, max_seconds);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kData);
    const std::string message = error.what();
    EXPECT_TRUE(message.starts_with(path.string() + ": ")) << message;
    return message;
  }
  return "no error";
}

void expect_refused(const fs::path& path, const std::string& words) {
  for (const double seconds : {0.0, 0.5}) {
    const std::string message = refusal(path, seconds);
    EXPECT_NE(message.find(words), std::string::npos) << message;
  }
}

const std::vector<float>& floats(const Recording& recording) {
  return std::get<std::vector<float>>(recording.samples);
}

class Decode : public testing::Test {
 protected:
  TemporaryFolder folder_;
};

TEST_F(Decode, Reads16BitMonoAtTheRateAsItIs) {
  for (const auto& [name, format] : {std::pair("a.wav", SF_FORMAT_WAV), std::pair("a.au", SF_FORMAT_AU),
                                     std::pair("a.flac", SF_FORMAT_FLAC)}) {
    const std::vector<float> written = sine(440, kRate, 70000);
    write_sound(folder_ / name, written, kRate, 1, format | SF_FORMAT_PCM_16);
    const Recording recording = decode(folder_ / name, kRate);
    const auto& samples = std::get<std::vector<std::int16_t>>(recording.samples);
    ASSERT_EQ(samples.size(), written.size()) << name;
    for (std::size_t i = 0; i < samples.size(); ++i) ASSERT_NEAR(samples[i] / 32768.0, written[i], 1e-4);
    EXPECT_DOUBLE_EQ(recording.seconds, 70000.0 / kRate);
    EXPECT_EQ(recording.file_sample_rate, kRate);
    EXPECT_EQ(recording.file_channels, 1);
    EXPECT_EQ(recording.size(), 70000u);
  }
}

TEST_F(Decode, AveragesChannels) {
  std::vector<float> frames;
  for (int i = 0; i < 1000; ++i)
    for (const float value : {0.5f, -0.25f, 0.125f}) frames.push_back(value * static_cast<float>(i) / 1000);
  write_sound(folder_ / "three.wav", frames, kRate, 3, kFloatWav);
  const Recording recording = decode(folder_ / "three.wav", kRate);
  ASSERT_EQ(floats(recording).size(), 1000u);
  for (std::size_t i = 0; i < 1000; ++i)
    EXPECT_NEAR(floats(recording)[i], 0.125 * static_cast<double>(i) / 1000, 1e-7);
  EXPECT_EQ(recording.file_channels, 3);
}

TEST_F(Decode, ResamplesToTheRateWithTheLengthThatFollows) {
  for (const int rate : {44100, 48000, 16000, 11025}) {
    const auto frames = static_cast<std::size_t>(rate) * 2 + 7;
    write_sound(folder_ / "a.wav", sine(1000, rate, frames), rate, 1, kFloatWav);
    const Recording recording = decode(folder_ / "a.wav", kRate);
    const std::vector<float>& samples = floats(recording);
    const double exact = static_cast<double>(frames) * kRate / rate;
    EXPECT_EQ(samples.size(), static_cast<std::size_t>(std::ceil(exact))) << rate;
    const std::vector<float> expected = sine(1000, kRate, samples.size());
    for (std::size_t i = 2000; i + 2000 < samples.size(); ++i)
      ASSERT_NEAR(samples[i], expected[i], 2e-4) << rate << " at " << i;
  }
}

TEST_F(Decode, AShorterReadIsTheBeginningOfTheWhole) {
  write_sound(folder_ / "long.wav", sine(300, 44100, 300000), 44100, 1, kFloatWav);
  write_sound(folder_ / "plain.wav", sine(300, kRate, 300000), kRate);
  write_sound(folder_ / "float.wav", sine(300, kRate, 300000), kRate, 1, kFloatWav);
  for (const char* name : {"long.wav", "plain.wav", "float.wav"})
    for (const double seconds : {0.001, 1.0, 3.3, 100.0}) {
      const Recording whole = decode(folder_ / name, kRate), part = decode(folder_ / name, kRate, seconds);
      EXPECT_EQ(whole.seconds, part.seconds);
      ASSERT_EQ(part.size(),
                std::min<std::size_t>(whole.size(), static_cast<std::size_t>(std::llround(seconds * kRate))));
      std::visit(
          [&](const auto& samples) {
            const auto& all = std::get<std::decay_t<decltype(samples)>>(whole.samples);
            EXPECT_TRUE(std::equal(samples.begin(), samples.end(), all.begin())) << name << " " << seconds;
          },
          part.samples);
    }
}

TEST_F(Decode, ReadsCompressedFormats) {
  for (const auto& [name, format, rate] :
       {std::tuple("a.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS, kRate),
        std::tuple("a.opus", SF_FORMAT_OGG | SF_FORMAT_OPUS, 48000),
        std::tuple("a.mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, kRate)}) {
    const auto frames = static_cast<std::size_t>(rate) * 3;
    write_sound(folder_ / name, sine(440, rate, frames), rate, 1, format);
    for (const double seconds : {0.0, 1.0}) {
      const Recording recording = decode(folder_ / name, kRate, seconds);
      EXPECT_NEAR(recording.seconds, 3, 0.06) << name;
      EXPECT_NEAR(static_cast<double>(recording.size()) / kRate, seconds > 0 ? 1 : 3, 0.06) << name;
      double power = 0;
      for (const float v : floats(recording)) power += static_cast<double>(v) * static_cast<double>(v);
      EXPECT_NEAR(power / static_cast<double>(recording.size()), 0.125, 0.01) << name;
    }
  }
}

TEST_F(Decode, TakesVeryShortRecordings) {
  write_sound(folder_ / "two.wav", std::vector<float>{0.1f, -0.1f}, kRate);
  EXPECT_EQ(decode(folder_ / "two.wav", kRate).size(), 2u);
  write_sound(folder_ / "two-fast.wav", std::vector<float>{0.1f, -0.1f}, 44100);
  EXPECT_EQ(decode(folder_ / "two-fast.wav", kRate).size(), 1u);
}

TEST_F(Decode, RefusesWhatIsNotAudio) {
  for (const char* name : {"text.wav", "text.au", "text.mp3", "text.ogg", "text.flac", "text.opus"}) {
    write_bytes(folder_ / name, "This is a shopping list, not a song.\n");
    expect_refused(folder_ / name, "this is not audio that can be read");
  }
  write_bytes(folder_ / "empty.wav", "");
  expect_refused(folder_ / "empty.wav", "the file is empty");
}

TEST_F(Decode, RefusesWhatIsNotAFile) {
  fs::create_directory(folder_ / "folder.wav");
  expect_refused(folder_ / "folder.wav", "this is a folder");
  expect_refused(folder_ / "missing.wav", "there is no such file");
  fs::create_symlink(folder_ / "missing.wav", folder_ / "dangling.wav");
  expect_refused(folder_ / "dangling.wav", "symbolic link leads to no file");
  fs::create_symlink(folder_ / "circle.wav", folder_ / "circle.wav");
  expect_refused(folder_ / "circle.wav", "cannot be opened");
  ASSERT_EQ(::mkfifo((folder_ / "pipe.wav").c_str(), 0600), 0);
  expect_refused(folder_ / "pipe.wav", "not a regular file");
}

TEST_F(Decode, FollowsLinksToRecordings) {
  write_sound(folder_ / "a.wav", sine(440, kRate, 100), kRate);
  fs::create_symlink("a.wav", folder_ / "link.wav");
  EXPECT_EQ(decode(folder_ / "link.wav", kRate).size(), 100u);
}

TEST_F(Decode, RefusesAFileWithoutPermission) {
  if (::geteuid() == 0) GTEST_SKIP() << "the superuser may read everything";
  write_sound(folder_ / "a.wav", sine(440, kRate, 100), kRate);
  fs::permissions(folder_ / "a.wav", fs::perms::none);
  expect_refused(folder_ / "a.wav", "no permission to read");
}

TEST_F(Decode, RefusesARecordingWithoutSamples) {
  write_sound(folder_ / "none.wav", {}, kRate);
  expect_refused(folder_ / "none.wav", "no samples");
}

TEST_F(Decode, RefusesAWavCutAnywhere) {
  write_sound(folder_ / "whole.wav", sine(440, kRate, 50000), kRate);
  const auto size = fs::file_size(folder_ / "whole.wav");
  for (const std::uintmax_t kept : {1ul, 3ul, 8ul, 11ul, 12ul, 20ul, 35ul, 36ul, 43ul, 44ul, 45ul, 46ul,
                                    1000ul, size / 2, size - 2, size - 1}) {
    fs::copy_file(folder_ / "whole.wav", folder_ / "cut.wav", fs::copy_options::overwrite_existing);
    fs::resize_file(folder_ / "cut.wav", kept);
    for (const double seconds : {0.0, 0.01})
      EXPECT_NE(refusal(folder_ / "cut.wav", seconds), "no error") << kept;
  }
  fs::resize_file(folder_ / "cut.wav", size / 2);
  expect_refused(folder_ / "cut.wav", "cut off");
}

TEST_F(Decode, RefusesOtherFormatsCutInTheirData) {
  for (const auto& [name, format, rate] :
       {std::tuple("a.au", SF_FORMAT_AU | SF_FORMAT_PCM_16, kRate),
        std::tuple("a.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, kRate),
        std::tuple("a.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS, kRate),
        std::tuple("a.opus", SF_FORMAT_OGG | SF_FORMAT_OPUS, 48000),
        std::tuple("a.mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, kRate)}) {
    write_sound(folder_ / name, sine(440, rate, static_cast<std::size_t>(rate) * 5), rate, 1, format);
    EXPECT_EQ(refusal(folder_ / name), "no error") << name;
    cut_to(folder_ / name, 0.6);
    for (const double seconds : {0.0, 0.5}) EXPECT_NE(refusal(folder_ / name, seconds), "no error") << name;
  }
}

TEST_F(Decode, AcceptsAWavWrittenToAPipe) {
  // Such programs cannot go back to fill in the lengths and leave the largest number there is.
  write_sound(folder_ / "a.wav", sine(440, kRate, 5000), kRate);
  std::fstream file(folder_ / "a.wav", std::ios::in | std::ios::out | std::ios::binary);
  for (const int at : {4, 40}) file.seekp(at).write("\xff\xff\xff\xff", 4);
  file.close();
  EXPECT_EQ(decode(folder_ / "a.wav", kRate).size(), 5000u);
}

TEST_F(Decode, RefusesSamplesThatAreNotFinite) {
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()})
    for (const int rate : {kRate, 44100}) {
      std::vector<float> samples = sine(440, rate, 5000);
      samples[123] = bad;
      write_sound(folder_ / "bad.wav", samples, rate, 1, kFloatWav);
      expect_refused(folder_ / "bad.wav", "sample 123 is not a finite number");
    }
}

// Bytes of a wav header that lies.
std::string wav_header(std::uint16_t channels, std::uint32_t rate, std::uint32_t data_bytes) {
  const auto little = [](std::uint32_t value, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i));
    return text;
  };
  return "RIFF" + little(data_bytes + 36, 4) + "WAVEfmt " + little(16, 4) + little(1, 2) +
         little(channels, 2) + little(rate, 4) + little(rate * channels * 2, 4) + little(channels * 2u, 2) +
         little(16, 2) + "data" + little(data_bytes, 4);
}

TEST_F(Decode, RefusesAbsurdHeaders) {
  const std::string data(4000, '\1');
  write_bytes(folder_ / "good.wav", wav_header(1, 22050, 4000) + data);
  EXPECT_EQ(refusal(folder_ / "good.wav"), "no error");
  write_bytes(folder_ / "fast.wav", wav_header(1, 4000000000u, 4000) + data);
  EXPECT_NE(refusal(folder_ / "fast.wav"), "no error");
  write_bytes(folder_ / "slow.wav", wav_header(1, 1, 4000) + data);
  expect_refused(folder_ / "slow.wav", "sample rate of 1 Hz");
  write_bytes(folder_ / "still.wav", wav_header(1, 0, 4000) + data);
  EXPECT_NE(refusal(folder_ / "still.wav"), "no error");
  write_bytes(folder_ / "wide.wav", wav_header(500, 22050, 4000) + data);
  expect_refused(folder_ / "wide.wav", "500 channels");
  write_bytes(folder_ / "none.wav", wav_header(0, 22050, 4000) + data);
  EXPECT_NE(refusal(folder_ / "none.wav"), "no error");
  write_bytes(folder_ / "lying.wav", wav_header(1, 22050, 2000000000) + data);
  expect_refused(folder_ / "lying.wav", "cut off");
}

TEST_F(Decode, SurvivesDamagedBytes) {
  for (const auto& [name, format] : {std::pair("a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16),
                                     std::pair("a.au", SF_FORMAT_AU | SF_FORMAT_PCM_16),
                                     std::pair("a.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16),
                                     std::pair("a.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS)}) {
    write_sound(folder_ / name, sine(440, kRate, 3000), kRate, 1, format);
    const auto size = fs::file_size(folder_ / name);
    for (std::uintmax_t at = 0; at < std::min<std::uintmax_t>(size, 60); ++at)
      for (const char value : {'\0', '\x7f', '\xff'}) {
        fs::copy_file(folder_ / name, folder_ / "damaged", fs::copy_options::overwrite_existing);
        std::fstream file(folder_ / "damaged", std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(static_cast<std::streamoff>(at)).put(value);
        file.close();
        try {
          EXPECT_LE(decode(folder_ / "damaged", kRate, 1).size(), 22050u);
        } catch (const Error& error) {
          EXPECT_EQ(error.kind(), ErrorKind::kData) << error.what();
        }
      }
  }
}

}  // namespace
}  // namespace genretrack
