#include "host/pipeline/build_cache.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "host/audio/decode.h"
#include "host/cache/cache_file.h"
#include "tests/pipeline/pipeline_fixture.h"

namespace genretrack {
namespace {

using BuildCacheTest = PipelineTest;
using Strings = std::vector<std::string>;

TEST_F(BuildCacheTest, BuildsOneRowPerClip) {
  write_wav(data_.clips[1].path, 1, 6000);
  write_wav(data_.clips[2].path, 2, 1000);
  const BuildReport report = build();
  EXPECT_EQ(report.computed, 8u);
  EXPECT_EQ(report.reused, 0u);
  EXPECT_EQ(report.cut, 1u);
  EXPECT_EQ(report.padded, 1u);
  EXPECT_EQ(files(), Strings{"features.h5"});
  const FeatureCache cache(target_);
  ASSERT_EQ(cache.clips().size(), 8u);
  EXPECT_EQ(cache.clips()[1].seconds, 0.75);
  EXPECT_EQ(cache.clips()[2].seconds, 0.125);
  EXPECT_EQ(cache.params(), params_);
}

TEST_F(BuildCacheTest, StoresWhatTheExtractorGives) {
  options_.device = Device::kCpu;
  build_cache(data_, params_, target_, options_);
  const FeatureCache cache(target_);
  const Recording recording = decode(data_.clips[3].path, params_.sample_rate, params_.clip_seconds);
  const auto& samples = std::get<std::vector<std::int16_t>>(recording.samples);
  std::array<std::vector<float>, kTransformCount> expected;
  ClipFeatures out;
  for (const Transform t : kTransforms) {
    const auto i = static_cast<std::size_t>(t);
    expected[i].resize(static_cast<std::size_t>(params_.rows(t) * params_.frame_count()));
    out.rows[i] = expected[i];
  }
  const Pcm pcm = std::span(samples);
  make_feature_extractor(Device::kCpu, params_)->extract(std::span(&pcm, 1), std::span(&out, 1));
  const std::vector<std::size_t> row = {3};
  for (const Transform t : kTransforms) {
    std::vector<float> stored(out[t].size());
    cache.read(t, row, stored);
    EXPECT_EQ(stored, expected[static_cast<std::size_t>(t)]) << name(t);
  }
}

TEST_F(BuildCacheTest, ThreadsAndBatchesDoNotChangeTheBytes) {
  options_.threads = 1;
  const std::string one = fresh();
  for (const int threads : {2, 5})
    for (const int batch : {1, 3, 20}) {
      options_.threads = threads;
      batch_ = batch;
      EXPECT_EQ(fresh(), one) << threads << " threads, batches of " << batch;
    }
}

TEST_F(BuildCacheTest, DoesNothingWhereNothingChanged) {
  build();
  struct stat before = {}, after = {};
  ASSERT_EQ(stat(target_.c_str(), &before), 0);
  const BuildReport report = build();
  ASSERT_EQ(stat(target_.c_str(), &after), 0);
  EXPECT_EQ(before.st_ino, after.st_ino);
  EXPECT_EQ(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
  EXPECT_EQ(calls_, 0);
  EXPECT_EQ(report.reused, 8u);
  EXPECT_EQ(reasons(report)["jazz/1.wav"], "unchanged");
}

TEST_F(BuildCacheTest, ComputesAChangedRecordingAgainAndNoOther) {
  build();
  write_wav(data_.clips[3].path, 40, 4000);
  const BuildReport report = build();
  EXPECT_EQ(calls_, 1);
  EXPECT_EQ(reasons(report)[data_.clips[3].id], "audio changed");
  EXPECT_EQ(reasons(report)[data_.clips[2].id], "unchanged");
  EXPECT_EQ(bytes(target_), fresh());
}

TEST_F(BuildCacheTest, BelievesTheBytesOfATouchedFile) {
  build();
  std::filesystem::last_write_time(data_.clips[3].path, std::filesystem::file_time_type::clock::now());
  EXPECT_EQ(reasons(build())[data_.clips[3].id], "same audio, file touched");
  EXPECT_EQ(calls_, 0);
  EXPECT_EQ(bytes(target_), fresh());
}

TEST_F(BuildCacheTest, FindsTheRowOfARenamedRecording) {
  build();
  Clip& clip = data_.clips[3];
  const auto old = clip.path;
  clip.id = "blues/renamed.wav";
  clip.path = data_.root / clip.id;
  std::filesystem::rename(old, clip.path);
  EXPECT_EQ(reasons(build())["blues/renamed.wav"], "same audio under another name");
  EXPECT_EQ(calls_, 0);
  EXPECT_EQ(bytes(target_), fresh());
}

TEST_F(BuildCacheTest, FollowsClipsThatComeAndGo) {
  build();
  data_.clips.erase(data_.clips.begin() + 2);
  build();
  EXPECT_EQ(calls_, 0);
  EXPECT_EQ(bytes(target_), fresh());
  add("jazz", 30);
  EXPECT_EQ(reasons(build())["jazz/30.wav"], "new");
  EXPECT_EQ(calls_, 1);
  EXPECT_EQ(bytes(target_), fresh());
}

TEST_F(BuildCacheTest, FollowsLabelsWithoutReadingAudio) {
  build();
  data_.clips[0].genre = "jazz";
  data_.clips[1].artist = "Someone";
  data_.clips[2].year = 1999;
  build();
  EXPECT_EQ(calls_, 0);
  const FeatureCache cache(target_);
  EXPECT_EQ(cache.clips()[0].genre, "jazz");
  EXPECT_EQ(cache.clips()[1].artist, "Someone");
  EXPECT_EQ(cache.clips()[2].year, 1999);
}

TEST_F(BuildCacheTest, ComputesAllForOtherParametersOrStorage) {
  build();
  params_.n_mfcc = 6;
  EXPECT_EQ(reasons(build())["jazz/1.wav"], "other feature parameters");
  EXPECT_EQ(calls_, 8);
  options_.storage = Storage::kFloat16;
  EXPECT_EQ(reasons(build())["jazz/1.wav"], "stored in another number format");
  EXPECT_EQ(calls_, 8);
  EXPECT_EQ(FeatureCache(target_).storage(), Storage::kFloat16);
}

TEST_F(BuildCacheTest, ComputesAllWhereTheEarlierCacheIsCutShort) {
  build();
  const std::string whole = bytes(target_);
  std::filesystem::resize_file(target_, whole.size() / 2);
  EXPECT_EQ(reasons(build())["jazz/1.wav"], "the earlier cache file was damaged");
  EXPECT_EQ(bytes(target_), whole);
}

TEST_F(BuildCacheTest, VerifyFindsEveryDamagedRow) {
  build();
  const std::string whole = bytes(target_);
  options_.verify = true;
  EXPECT_EQ(reasons(build())["jazz/1.wav"], "verified");
  EXPECT_EQ(calls_, 0);
  const CacheFile layout = open_cache_file(target_);
  for (const Transform t : kTransforms)
    for (const std::size_t row : {0u, 5u, 7u}) {
      const std::uint64_t first = layout.row_offset(t, row), last = first + row_bytes(layout.header, t) - 1;
      for (const std::uint64_t at : {first, (first + last) / 2, last}) {
        std::string damaged = whole;
        damaged[at] = static_cast<char>(damaged[at] ^ 1);
        std::ofstream(target_, std::ios::binary | std::ios::trunc) << damaged;
        EXPECT_EQ(reasons(build())[data_.clips[row].id], "the stored row was damaged");
        EXPECT_EQ(calls_, 1);
        EXPECT_EQ(bytes(target_), whole);
      }
    }
}

TEST_F(BuildCacheTest, VerifyReadsRecordingsWhoseDatesLie) {
  build();
  const auto time = std::filesystem::last_write_time(data_.clips[4].path);
  std::fstream file(data_.clips[4].path, std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(3000);
  file << "another sound";
  file.close();
  std::filesystem::last_write_time(data_.clips[4].path, time);
  EXPECT_EQ(reasons(build())[data_.clips[4].id], "unchanged");
  options_.verify = true;
  EXPECT_EQ(reasons(build())[data_.clips[4].id], "audio changed");
  options_.verify = false;
  EXPECT_EQ(bytes(target_), fresh());
}

TEST_F(BuildCacheTest, DamagedRowsAreNotCarriedIntoANewFile) {
  build();
  const CacheFile layout = open_cache_file(target_);
  std::string damaged = bytes(target_);
  const std::uint64_t at = layout.row_offset(Transform::kChromagram, 6);
  damaged[at] = static_cast<char>(damaged[at] ^ 4);
  std::ofstream(target_, std::ios::binary | std::ios::trunc) << damaged;
  add("jazz", 30);
  EXPECT_EQ(reasons(build())[layout.header.clips[6].id], "the stored row was damaged");
  EXPECT_EQ(bytes(target_), fresh());
}

// Hashing would never end.
TEST_F(BuildCacheTest, RefusesARecordingThatBecameADevice) {
  build();
  std::filesystem::remove(data_.clips[2].path);
  std::filesystem::create_symlink("/dev/zero", data_.clips[2].path);
  EXPECT_NE(error(ErrorKind::kData, [&] { build(); }).find("not a regular file"), std::string::npos);
}

}  // namespace
}  // namespace genretrack
