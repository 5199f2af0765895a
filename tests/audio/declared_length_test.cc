// Files whose declared length is none, an estimate, or a little more than there is.
#include <gtest/gtest.h>
#include <sndfile.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "host/audio/decode.h"
#include "host/core/error.h"
#include "host/core/xxh3.h"
#include "tests/audio/wav_files.h"
#include "tests/core/temporary_folder.h"

namespace genretrack {
namespace {

constexpr int kRate = 44100;
constexpr std::size_t kFrame = 1152;  // of MPEG-1 layer III

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

unsigned byte(const std::string& bytes, std::size_t at) { return static_cast<unsigned char>(bytes.at(at)); }

// The size in bytes of the MPEG-1 layer III frame at 44100 Hz that begins there, from its four bytes of
// header.
std::size_t frame_size(const std::string& mp3, std::size_t at) {
  constexpr int kKilobits[] = {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320};
  EXPECT_EQ(byte(mp3, at), 0xffu);
  EXPECT_EQ(byte(mp3, at + 1) & 0xfeu, 0xfau);
  return static_cast<std::size_t>(144000 * kKilobits[byte(mp3, at + 2) >> 4] / kRate) +
         (byte(mp3, at + 2) >> 1 & 1);
}

std::size_t count_frames(const std::string& mp3) {
  std::size_t frames = 0;
  for (std::size_t at = 0; at < mp3.size(); at += frame_size(mp3, at)) ++frames;
  return frames;
}

// Faint at first and then loud, so that the first bit rate tells nothing about the others.
std::vector<float> crescendo(double seconds, int channels) {
  std::mt19937 random(7);
  std::uniform_real_distribution<float> noise(-1, 1);
  std::vector<float> samples(static_cast<std::size_t>(seconds * kRate) * static_cast<std::size_t>(channels));
  for (std::size_t i = 0; i < samples.size(); ++i)
    samples[i] = (i < samples.size() / 6 ? 1e-4f : 0.5f) * noise(random);
  return samples;
}

// An mp3 as LAME writes it, the length in its first frame.
std::string mp3_of(const std::filesystem::path& path, double seconds, int channels, int bitrate_mode) {
  SF_INFO info{};
  info.samplerate = kRate;
  info.channels = channels;
  info.format = SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III;
  SNDFILE* file = sf_open(path.c_str(), SFM_WRITE, &info);
  sf_command(file, SFC_SET_BITRATE_MODE, &bitrate_mode, sizeof bitrate_mode);
  EXPECT_EQ(sf_command(file, SFC_GET_BITRATE_MODE, nullptr, 0), bitrate_mode);
  const std::vector<float> samples = crescendo(seconds, channels);
  sf_writef_float(file, samples.data(), static_cast<sf_count_t>(samples.size()) / channels);
  sf_close(file);
  return bytes_of(path);
}

std::string without_length(const std::string& mp3) {
  const std::string first = mp3.substr(0, frame_size(mp3, 0));
  EXPECT_TRUE(first.find("Xing") != std::string::npos || first.find("Info") != std::string::npos);
  return mp3.substr(first.size());
}

std::string refusal(const std::filesystem::path& path, double max_seconds = 0) {
  try {
    decode(path, kRate, max_seconds);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kData);
    return error.what();
  }
  return "no error";
}

const std::vector<float>& floats(const Recording& recording) {
  return std::get<std::vector<float>>(recording.samples);
}

struct Mp3 {
  const char* name;
  int bitrate_mode, channels;
};

class Mp3WithoutLength : public testing::TestWithParam<Mp3> {
 protected:
  std::string make(double seconds) {
    declared_ = mp3_of(folder_ / "declared.mp3", seconds, GetParam().channels, GetParam().bitrate_mode);
    return without_length(declared_);
  }

  TemporaryFolder folder_;
  std::string declared_;
};

TEST_P(Mp3WithoutLength, IsReadToItsEnd) {
  // Shorter and longer than the steps in which frames are counted, and an end on such a step.
  for (const double seconds : {0.05, 3.0, 10.0, 33.0}) {
    const std::string mp3 = make(seconds);
    write_bytes(folder_ / "a.mp3", mp3);
    const std::size_t frames = kFrame * count_frames(mp3);
    std::uint64_t hash = 0;
    const Recording all = decode(folder_ / "a.mp3", kRate, 0, &hash);
    ASSERT_EQ(all.size(), frames) << seconds;
    EXPECT_DOUBLE_EQ(all.seconds, static_cast<double>(frames) / kRate);
    EXPECT_EQ(hash, XXH3_64bits(mp3.data(), mp3.size()));
    // With its length the file is the same sound without the decoder's delay and the padding.
    const Recording declared = decode(folder_ / "declared.mp3", kRate);
    constexpr std::size_t kDelay = 576 + 529;
    ASSERT_LE(declared.size() + kDelay, frames);
    for (std::size_t i = kFrame; i < declared.size(); ++i)
      ASSERT_NEAR(floats(all)[i + kDelay], floats(declared)[i], 1e-5) << i;
    EXPECT_EQ(decode(folder_ / "a.mp3", kRate / 2).size(), frames / 2);
  }
}

TEST_P(Mp3WithoutLength, SaysItsSecondsWhereOnlyAPartIsRead) {
  const std::string mp3 = make(25);
  write_bytes(folder_ / "a.mp3", mp3);
  const Recording all = decode(folder_ / "a.mp3", kRate);
  std::uint64_t hash = 0;
  const Recording part = decode(folder_ / "a.mp3", kRate, 2, &hash);
  EXPECT_EQ(part.seconds, all.seconds);
  EXPECT_EQ(part.size(), 2u * kRate);
  EXPECT_EQ(hash, XXH3_64bits(mp3.data(), mp3.size()));
  const std::size_t size = all.size();
  for (const auto& [first, count] : {std::pair<std::size_t, std::size_t>{0, 1000},
                                     {7 * kRate + 3, 2 * kRate},
                                     {20 * kRate, kRate},
                                     {size - 10, 100},
                                     {size, 100},
                                     {size + 100 * kRate, 100}}) {
    const Recording window = decode_window(folder_ / "a.mp3", kRate, first, count);
    EXPECT_EQ(window.seconds, all.seconds);
    ASSERT_EQ(window.size(), first < size ? std::min(count, size - first) : 0) << first;
    for (std::size_t i = 0; i < window.size(); ++i)
      ASSERT_NEAR(floats(window)[i], floats(all)[first + i], 1e-5) << first << " " << i;
  }
}

TEST_P(Mp3WithoutLength, IsNotLengthenedOrCutByWhatIsNotSound) {
  const std::string mp3 = make(4);
  const std::string tag = "ID3" + std::string("\3\0\0\0\0\x10\0", 7) + std::string(2048, '\0');
  const std::size_t frames = kFrame * count_frames(mp3);
  for (const std::string& bytes :
       {tag + mp3, tag + tag + mp3, mp3 + "TAG" + std::string(125, 'a'), mp3 + std::string(500, '\0'),
        mp3 + std::string(5000, '\0'), tag + mp3 + std::string(3000, '\x55')}) {
    write_bytes(folder_ / "a.mp3", bytes);
    std::uint64_t hash = 0;
    const Recording recording = decode(folder_ / "a.mp3", kRate, 0, &hash);
    EXPECT_EQ(recording.size(), frames) << bytes.size();
    EXPECT_DOUBLE_EQ(recording.seconds, static_cast<double>(frames) / kRate);
    EXPECT_EQ(hash, XXH3_64bits(bytes.data(), bytes.size()));
  }
  // Nor is one with a length, whose padding lies behind the frames that it declares.
  write_bytes(folder_ / "a.mp3", declared_ + std::string(5000, '\0'));
  EXPECT_EQ(decode(folder_ / "a.mp3", kRate).size(), 4u * kRate);
}

// What mpg123 cannot pass ends its reading, which must not end the recording silently.
TEST_P(Mp3WithoutLength, IsRefusedWhereItsMiddleIsNotSound) {
  for (const auto& [seconds, part] :
       {std::pair(4.0, 0.5), {4.0, 0.51}, {4.0, 0.9}, {25.0, 0.5}, {25.0, 0.97}}) {
    std::string mp3 = make(seconds);
    mp3.insert(static_cast<std::size_t>(static_cast<double>(mp3.size()) * part), std::string(5000, '\x55'));
    write_bytes(folder_ / "a.mp3", mp3);
    EXPECT_NE(refusal(folder_ / "a.mp3").find("damaged"), std::string::npos) << refusal(folder_ / "a.mp3");
  }
}

TEST_P(Mp3WithoutLength, IsRefusedWhenCutOnlyIfTheLengthIsThere) {
  for (const double seconds : {4.0, 25.0}) {
    const std::string mp3 = make(seconds);
    write_bytes(folder_ / "a.mp3", declared_.substr(0, declared_.size() * 6 / 10));
    for (const double limit : {0.0, 0.5})
      EXPECT_NE(refusal(folder_ / "a.mp3", limit).find("cut off"), std::string::npos);
    std::size_t whole = 0, at = 0;
    for (; at + frame_size(mp3, at) <= mp3.size() * 6 / 10; ++whole) at += frame_size(mp3, at);
    write_bytes(folder_ / "a.mp3", mp3.substr(0, mp3.size() * 6 / 10));
    EXPECT_EQ(decode(folder_ / "a.mp3", kRate).size(), whole * kFrame);
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, Mp3WithoutLength,
                         testing::Values(Mp3{"VariableMono", SF_BITRATE_MODE_VARIABLE, 1},
                                         Mp3{"VariableStereo", SF_BITRATE_MODE_VARIABLE, 2},
                                         Mp3{"ConstantMono", SF_BITRATE_MODE_CONSTANT, 1},
                                         Mp3{"ConstantStereo", SF_BITRATE_MODE_CONSTANT, 2}),
                         [](const auto& kind) { return kind.param.name; });

// The checksum of an Ogg page (RFC 3533, section 6) whose own field holds zeros.
std::uint32_t page_checksum(const std::string& page) {
  std::uint32_t sum = 0;
  for (const char c : page) {
    sum ^= static_cast<std::uint32_t>(static_cast<unsigned char>(c)) << 24;
    for (int bit = 0; bit < 8; ++bit) sum = sum << 1 ^ (sum >> 31 ? 0x04c11db7u : 0u);
  }
  return sum;
}

// The last page says that the sound ends so many frames later.
std::string with_later_end(std::string ogg, std::uint32_t frames) {
  const std::size_t page = ogg.rfind("OggS");
  const auto add = [&](std::size_t at, int bytes, std::uint64_t value) {
    for (int i = 0; i < bytes; ++i, value >>= 8) {
      value += byte(ogg, page + at + static_cast<std::size_t>(i));
      ogg[page + at + static_cast<std::size_t>(i)] = static_cast<char>(value & 0xff);
    }
  };
  add(6, 8, frames);
  std::fill_n(ogg.begin() + static_cast<std::ptrdiff_t>(page + 22), 4, '\0');
  add(22, 4, page_checksum(ogg.substr(page)));
  return ogg;
}

TEST(OggLength, AVorbisFileMayDeclareAPacketMoreThanItHas) {
  const TemporaryFolder folder;
  constexpr std::size_t kFrames = 5 * kRate;
  write_sound(folder / "a.ogg", sine(440, kRate, kFrames), kRate, 1, SF_FORMAT_OGG | SF_FORMAT_VORBIS);
  const std::string ogg = bytes_of(folder / "a.ogg");
  EXPECT_EQ(with_later_end(ogg, 0), ogg);
  for (const std::uint32_t later : {1500u, 3072u}) {
    write_bytes(folder / "a.ogg", with_later_end(ogg, later));
    const Recording recording = decode(folder / "a.ogg", kRate);
    EXPECT_GE(recording.size(), kFrames);
    EXPECT_LT(recording.size(), kFrames + later);
    EXPECT_EQ(decode_window(folder / "a.ogg", kRate, 4 * kRate, 2 * kRate).size(),
              recording.size() - 4 * kRate);
  }
  write_bytes(folder / "a.ogg", with_later_end(ogg, kRate));
  EXPECT_NE(refusal(folder / "a.ogg").find("cut off"), std::string::npos);
}

}  // namespace
}  // namespace genretrack
