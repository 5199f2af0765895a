#include "host/audio/recording_stream.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "host/audio/decode.h"
#include "host/core/error.h"
#include "tests/audio/wav_files.h"
#include "tests/core/temporary_folder.h"

namespace genretrack {
namespace {

constexpr int kRate = 22050;

std::vector<float> streamed(RecordingStream& stream, std::size_t piece) {
  std::vector<float> all, part(piece);
  for (std::size_t got = piece; got == piece;) {
    got = stream.read(part);
    all.insert(all.end(), part.begin(), part.begin() + static_cast<std::ptrdiff_t>(got));
  }
  return all;
}

std::vector<float> decoded(const std::filesystem::path& path) {
  const Recording recording = decode(path, kRate);
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

TEST(RecordingStream, GivesInPiecesWhatDecodeGivesAtOnce) {
  const TemporaryFolder folder;
  struct Kind {
    const char* name;
    int format, rate, channels;
  };
  for (const Kind& kind : {Kind{"a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, kRate, 1},
                           Kind{"b.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 44100, 2},
                           Kind{"c.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS, 48000, 1},
                           Kind{"d.mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, kRate, 1},
                           Kind{"e.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 11025, 1}}) {
    SCOPED_TRACE(kind.name);
    const auto path = folder / kind.name;
    write_sound(path, sine(330, kind.rate, static_cast<std::size_t>(5.3 * kind.rate)), kind.rate,
                kind.channels, kind.format);
    const std::vector<float> whole = decoded(path);
    std::uint64_t hash = 0;
    decode(path, kRate, 0, &hash);
    for (const std::size_t piece : {1000, 66150, 1000000}) {
      RecordingStream stream(path, kRate, true);
      EXPECT_EQ(streamed(stream, piece), whole) << piece;
      EXPECT_NEAR(stream.seconds(), static_cast<double>(whole.size()) / kRate, 1e-4);
      EXPECT_EQ(stream.hash(), hash);
    }
  }
}

TEST(RecordingStream, RefusesDamageWhenItIsReached) {
  const TemporaryFolder folder;
  std::vector<float> samples = sine(440, kRate, 20 * kRate);
  samples[15 * kRate] = std::numeric_limits<float>::quiet_NaN();
  write_sound(folder / "bad.wav", samples, kRate, 1, SF_FORMAT_WAV | SF_FORMAT_FLOAT);
  RecordingStream stream(folder / "bad.wav", kRate);
  std::vector<float> part(5 * kRate);
  EXPECT_EQ(stream.read(part), part.size());
  EXPECT_THROW(streamed(stream, part.size()), Error);
  write_sound(folder / "cut.mp3", sine(440, kRate, 20 * kRate), kRate, 1,
              SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III);
  cut_to(folder / "cut.mp3", 0.6);
  EXPECT_THROW(
      {
        RecordingStream cut(folder / "cut.mp3", kRate);
        streamed(cut, part.size());
      },
      Error);
}

}  // namespace
}  // namespace genretrack
