#include "host/train/segments.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace genretrack {
namespace {

TEST(Segments, CoverEveryFrameOfAClip) {
  for (int segment : {1, 7, 130})
    for (int usable = segment; usable < segment * 4 + 3; ++usable) {
      const std::vector<int> starts = even_starts(usable, segment);
      EXPECT_EQ(static_cast<int>(starts.size()), segment_count(usable, segment));
      std::vector<bool> heard(static_cast<std::size_t>(usable));
      for (const int start : starts) {
        ASSERT_GE(start, 0);
        ASSERT_LE(start + segment, usable);
        std::fill_n(heard.begin() + start, segment, true);
      }
      // A clip of one segment and a half is covered by two; a single segment is centred.
      if (starts.size() > 1 || usable == segment) {
        EXPECT_TRUE(std::all_of(heard.begin(), heard.end(), [](bool h) { return h; }));
      }
    }
}

TEST(Segments, OverlapAsAskedOrMore) {
  for (const double overlap : {0.0, 0.25, 0.5, 0.75, 0.95})
    for (int usable = 130; usable < 700; ++usable) {
      const std::vector<int> starts = even_starts(usable, 130, overlap);
      ASSERT_EQ(static_cast<int>(starts.size()), segment_count(usable, 130, overlap));
      if (starts.size() == 1) continue;
      ASSERT_EQ(starts.front(), 0);
      ASSERT_EQ(starts.back(), usable - 130);
      for (std::size_t i = 1; i < starts.size(); ++i)  // places are rounded to frames
        ASSERT_LE(starts[i] - starts[i - 1], 130 * (1 - overlap) + 1) << usable << ' ' << overlap;
    }
  EXPECT_EQ(segment_count(1292, 130), 10);
  EXPECT_EQ(segment_count(1292, 130, 0.5), 1 + (1292 - 130 + 64) / 65);
  EXPECT_EQ(segment_count(130, 130, 0.9), 1);
  EXPECT_EQ(segment_count(3, 1, 0.9), 3);
}

TEST(Segments, UsableFramesAreThoseOfTheRecording) {
  FeatureParams params;
  EXPECT_EQ(usable_frames(30.0, params, 130), 1292);
  EXPECT_EQ(usable_frames(45.0, params, 130), 1292);  // cut
  EXPECT_EQ(usable_frames(10.0, params, 130), 1 + 220500 / 512);
  EXPECT_EQ(usable_frames(0.5, params, 130), 130);  // padded to one segment
}

TEST(Segments, AnEpochHearsEachClipAsOftenAsItHasSegments) {
  const std::vector<std::size_t> clips = {0, 2, 3};
  const std::vector<int> usable = {1292, 0, 400, 130};
  const std::vector<Crop> crops = epoch_crops(clips, usable, 130, true, 1, 1);
  std::map<int, int> count;
  for (const Crop& crop : crops) {
    ++count[crop.clip];
    EXPECT_GE(crop.start, 0);
    EXPECT_LE(crop.start + 130, usable[static_cast<std::size_t>(crop.clip)]);
  }
  EXPECT_EQ(count, (std::map<int, int>{{0, 10}, {2, 4}, {3, 1}}));
}

TEST(Segments, AnEpochDependsOnSeedAndEpochAlone) {
  const std::vector<std::size_t> clips = {0, 1, 2};
  const std::vector<int> usable = {1292, 1292, 1292};
  const auto key = [&](std::uint64_t seed, int epoch) {
    std::vector<std::pair<int, int>> list;
    for (const Crop& crop : epoch_crops(clips, usable, 130, true, seed, epoch))
      list.emplace_back(crop.clip, crop.start);
    return list;
  };
  EXPECT_EQ(key(1, 4), key(1, 4));
  EXPECT_NE(key(1, 4), key(1, 5));
  EXPECT_NE(key(1, 4), key(2, 4));
}

TEST(Segments, RandomStartsReachBothEnds) {
  const std::vector<int> usable = {133};
  std::vector<int> seen(4);
  for (int epoch = 1; epoch <= 200; ++epoch)
    for (const Crop& crop : epoch_crops({0}, usable, 130, true, 1, epoch))
      ++seen[static_cast<std::size_t>(crop.start)];
  for (const int count : seen) EXPECT_GT(count, 50);  // 400 crops over four starts
}

TEST(Segments, WithoutRandomCropsTheStartsAreTheEvenOnes) {
  const std::vector<int> usable = {1292};
  std::vector<int> starts;
  for (const Crop& crop : epoch_crops({0}, usable, 130, false, 1, 1)) starts.push_back(crop.start);
  std::sort(starts.begin(), starts.end());
  EXPECT_EQ(starts, even_starts(1292, 130));
}

}  // namespace
}  // namespace genretrack
