// One sound in every format becomes the same features, whatever its rate, channels and encoder.
#include <sndfile.h>
#include <spdlog/fmt/fmt.h>

#include <cmath>
#include <fstream>
#include <numbers>

#include "tests/audio/wav_files.h"
#include "tests/pipeline/pipeline_fixture.h"

namespace genretrack {
namespace {

struct Format {
  const char* id;
  int format, rate, channels;
  double most_db;  // mean difference of the cells that sound
};

// By id, as rows of a cache are. The first is what the others are compared with.
constexpr Format kFormats[] = {
    {"a/reference.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 22050, 1, 0},
    {"b/mono.au", SF_FORMAT_AU | SF_FORMAT_PCM_16, 22050, 1, 0.1},
    {"b/stereo.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_24, 96000, 2, 0.1},
    {"b/stereo.mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, 44100, 2, 0.5},
    {"b/stereo.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS, 44100, 2, 0.5},
    {"b/stereo.opus", SF_FORMAT_OGG | SF_FORMAT_OPUS, 48000, 2, 0.5},
    {"b/stereo.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_24, 48000, 2, 0.1},
};

// Five tones of one decay, so that every frame sounds alike but for its level.
double tones(double seconds) {
  double sum = 0;
  for (const double hertz : {220.0, 440.0, 700.0, 1500.0, 3000.0})
    sum += std::sin(2 * std::numbers::pi * hertz * seconds);
  return 0.12 * sum * std::exp(-0.3 * seconds);
}

class FormatsTest : public PipelineTest {
 protected:
  void add_format(const Format& format) {
    Clip clip;
    clip.id = format.id;
    clip.path = data_.root / format.id;
    clip.genre = clip.id.substr(0, 1);
    std::vector<float> frames;
    for (int i = 0; i < 2 * format.rate; ++i)
      frames.insert(frames.end(), static_cast<std::size_t>(format.channels),
                    static_cast<float>(tones(static_cast<double>(i) / format.rate)));
    std::filesystem::create_directories(clip.path.parent_path());
    write_sound(clip.path, frames, format.rate, format.channels, format.format);
    data_.clips.push_back(clip);
  }
};

TEST_F(FormatsTest, GiveTheSameSpectrogram) {
  data_.clips.clear();
  data_.genres = {"a", "b"};
  for (const Format& format : kFormats) add_format(format);
  params_ = FeatureParams{};
  params_.clip_seconds = 2;
  options_.device = Device::kCpu;
  const BuildReport report = build_cache(data_, params_, target_, options_);
  EXPECT_EQ(report.computed, std::size(kFormats));
  EXPECT_EQ(report.cut + report.padded, 0u);  // all are two seconds long, to the sample
  const FeatureCache cache(target_);
  const auto frames = static_cast<std::size_t>(params_.frame_count());
  const std::size_t values = static_cast<std::size_t>(params_.rows(Transform::kSpectrogram)) * frames;
  const auto row = [&](std::size_t clip) {
    std::vector<float> spectrogram(values);
    cache.read(Transform::kSpectrogram, std::vector<std::size_t>{clip}, spectrogram);
    return spectrogram;
  };
  const std::vector<float> reference = row(0);
  const float loudest = *std::ranges::max_element(reference);
  for (std::size_t clip = 1; clip < std::size(kFormats); ++clip) {
    EXPECT_EQ(cache.clips()[clip].seconds, 2) << kFormats[clip].id;
    const std::vector<float> spectrogram = row(clip);
    double sum = 0, count = 0;
    for (std::size_t i = 0; i < values; ++i) {
      const std::size_t frame = i % frames;
      if (reference[i] < loudest - 40 || frame < 3 || frame + 3 >= frames) continue;
      sum += std::abs(static_cast<double>(spectrogram[i]) - static_cast<double>(reference[i]));
      ++count;
    }
    EXPECT_GT(count, 500) << kFormats[clip].id;
    EXPECT_LT(sum / count, kFormats[clip].most_db) << kFormats[clip].id;
  }
}

TEST_F(FormatsTest, FmaGoesFromItsFolderToACache) {
  const std::filesystem::path fma = folder_ / "fma";
  const int tracks[] = {2, 5, 1002};
  for (const int track : tracks) {
    const std::string name = fmt::format("fma_small/{:03}/{:06}.mp3", track / 1000, track);
    std::filesystem::create_directories((fma / name).parent_path());
    std::vector<float> frames;
    for (int i = 0; i < 44100; ++i)
      frames.insert(frames.end(), 2, static_cast<float>(tones(static_cast<double>(i) / 44100)));
    write_sound(fma / name, frames, 44100, 2, SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III);
  }
  std::filesystem::create_directories(fma / "fma_metadata");
  std::ofstream(fma / "fma_metadata/tracks.csv")
      << ",album,artist,set,track\n,date_released,name,split,genre_top\ntrack_id,,,,\n"
         "2,2009-01-05 00:00:00,AWOL,training,Hip-Hop\n"
         "5,2010-01-06 00:00:00,AWOL,training,Rock\n"
         "1002,,Kurt Vile,test,Rock\n"
         "1003,,Kurt Vile,test,Rock\n";
  data_ = read_dataset(fma);
  const BuildReport report = build();
  EXPECT_EQ(report.computed, 3u);
  EXPECT_TRUE(report.unreadable.empty());
  const FeatureCache cache(target_);
  ASSERT_EQ(cache.clips().size(), 3u);
  EXPECT_EQ(cache.clips()[0].id, "000/000002.mp3");
  EXPECT_EQ(cache.clips()[0].genre, "hiphop");
  EXPECT_EQ(cache.clips()[1].year, 2010);
  EXPECT_EQ(cache.clips()[2].artist, "Kurt Vile");
  for (const CachedClip& clip : cache.clips()) EXPECT_EQ(clip.seconds, 1) << clip.id;
}

}  // namespace
}  // namespace genretrack
