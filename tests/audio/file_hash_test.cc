// The hash that decoding gives is of all bytes of the file, in whatever order libsndfile asked for them.
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <tuple>

#include "host/audio/decode.h"
#include "host/core/xxh3.h"
#include "tests/audio/wav_files.h"
#include "tests/core/temporary_folder.h"

namespace genretrack {
namespace {

namespace fs = std::filesystem;

std::string bytes_of(const fs::path& path) {
  std::ostringstream content;
  content << std::ifstream(path, std::ios::binary).rdbuf();
  return std::move(content).str();
}

void expect_hash_of_the_file(const fs::path& path, int rate) {
  const std::string bytes = bytes_of(path);
  for (const double seconds : {0.0, 0.7}) {
    std::uint64_t hash = 0;
    const Recording hashed = decode(path, rate, seconds, &hash), plain = decode(path, rate, seconds);
    EXPECT_EQ(hash, XXH3_64bits(bytes.data(), bytes.size())) << path;
    EXPECT_EQ(hashed.samples, plain.samples) << path;
  }
}

class FileHash : public testing::Test {
 protected:
  TemporaryFolder folder_;
};

TEST_F(FileHash, IsOfAllBytesInEveryFormat) {
  for (const auto& [name, format, rate] :
       {std::tuple("a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 22050),
        std::tuple("b.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 44100),
        std::tuple("a.au", SF_FORMAT_AU | SF_FORMAT_PCM_16, 22050),
        std::tuple("a.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 22050),
        std::tuple("a.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS, 22050),
        std::tuple("a.opus", SF_FORMAT_OGG | SF_FORMAT_OPUS, 48000),
        std::tuple("a.mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, 22050)}) {
    write_sound(folder_ / name, sine(440, rate, static_cast<std::size_t>(rate) * 4), rate, 1, format);
    expect_hash_of_the_file(folder_ / name, 22050);
  }
}

TEST_F(FileHash, IsOfWhatFollowsTheSamplesToo) {
  write_sound(folder_ / "plain.wav", sine(440, 22050, 50000), 22050);
  std::string bytes = bytes_of(folder_ / "plain.wav");
  // Text that some programs put behind the samples; libsndfile looks at it before it reads them.
  bytes += std::string("LIST\x14\0\0\0INFOICMT\x08\0\0\0comments", 28);
  bytes[4] = static_cast<char>(bytes[4] + 28);
  write_bytes(folder_ / "comment.wav", bytes);
  expect_hash_of_the_file(folder_ / "comment.wav", 22050);
}

// libsndfile counts from the tag's end.
TEST_F(FileHash, IsOfTheTagBeforeARecordingToo) {
  for (const auto& [name, format] : {std::tuple("plain.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16),
                                     std::tuple("plain.mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III)}) {
    const fs::path plain = folder_ / name, tagged = folder_ / ("tagged" + plain.extension().string());
    write_sound(plain, sine(440, 22050, 70000), 22050, 1, format);
    write_bytes(tagged, std::string("ID3\x03\0\0\0\0\x02\0", 10) + std::string(256, '\0') + bytes_of(plain));
    expect_hash_of_the_file(tagged, 22050);
    EXPECT_EQ(decode(tagged, 22050).samples, decode(plain, 22050).samples) << name;
  }
}

}  // namespace
}  // namespace genretrack
