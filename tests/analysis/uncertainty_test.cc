#include "host/analysis/uncertainty.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/golden/statistics.h"

namespace genretrack {
namespace {

Groups one_clip_each(const std::vector<double>& values) {
  return group_by_artist(values, std::vector<std::string>(values.size()));
}

TEST(Uncertainty, SeedIntervalMatchesSciPy) {
  const SeedSpread spread = seed_spread({std::begin(golden::kSeedsA), std::end(golden::kSeedsA)}, 0.05);
  EXPECT_EQ(spread.seeds, 5u);
  EXPECT_NEAR(*spread.deviation, golden::kSeedDeviation, 1e-12);
  EXPECT_NEAR(spread.interval->low, golden::kSeedInterval[0], 1e-9);
  EXPECT_NEAR(spread.interval->high, golden::kSeedInterval[1], 1e-9);
}

TEST(Uncertainty, SeedDifferenceMatchesSciPysWelch) {
  const SeedSpread spread = seed_difference({std::begin(golden::kSeedsA), std::end(golden::kSeedsA)},
                                            {std::begin(golden::kSeedsB), std::end(golden::kSeedsB)}, 0.05);
  EXPECT_NEAR(spread.interval->low, golden::kWelchInterval[0], 1e-9);
  EXPECT_NEAR(spread.interval->high, golden::kWelchInterval[1], 1e-9);
}

TEST(Uncertainty, OneSeedHasNoSpread) {
  const SeedSpread spread = seed_spread({0.8}, 0.05);
  EXPECT_DOUBLE_EQ(spread.mean, 0.8);
  EXPECT_FALSE(spread.deviation);
  EXPECT_FALSE(spread.interval);
  EXPECT_FALSE(seed_difference({0.8, 0.9}, {0.7}, 0.05).interval);
}

TEST(Uncertainty, DesignEffectIsOneForClipsAndTheSizeForCopies) {
  std::vector<double> clips, copies;
  std::vector<std::string> artists;
  for (int artist = 0; artist < 200; ++artist)
    for (int copy = 0; copy < 4; ++copy) {
      clips.push_back(artist % 2);
      artists.push_back(std::to_string(artist));
    }
  EXPECT_NEAR(design_effect(clips, one_clip_each(clips)), 1, 1e-12);
  // Four copies of every clip hold no more than one; (200 / 199) / (800 / 799) is the difference of the two
  // sums.
  EXPECT_NEAR(design_effect(clips, group_by_artist(clips, artists)), 4, 0.02);
}

TEST(Uncertainty, AccuracyIntervalIsClopperPearsonsWithoutArtists) {
  std::vector<double> hits(2000, 0);
  std::fill(hits.begin(), hits.begin() + 1700, 1);
  const Interval interval = accuracy_interval(hits, one_clip_each(hits), 0.05);
  EXPECT_NEAR(interval.low, golden::kClopperPearson[0], 1e-4);
  EXPECT_NEAR(interval.high, golden::kClopperPearson[1], 1e-4);
}

TEST(Uncertainty, AccuracyIntervalKeepsItsWidthAtTheEnds) {
  const std::vector<double> right(30, 1), wrong(30, 0);
  const Interval high = accuracy_interval(right, one_clip_each(right), 0.05);
  EXPECT_DOUBLE_EQ(high.high, 1);
  EXPECT_GT(high.low, 0.8);
  EXPECT_LT(high.low, 0.95);
  const Interval low = accuracy_interval(wrong, one_clip_each(wrong), 0.05);
  EXPECT_DOUBLE_EQ(low.low, 0);
  EXPECT_NEAR(low.high, 1 - high.low, 1e-9);
}

TEST(Uncertainty, SmallestGainIsThatOfTheFormula) {
  // 290 clips: 4 points where 6 % of them are discordant, 6.4 at 15 %; factor 2.8 at 5 %, 80 % power.
  EXPECT_NEAR(*smallest_gain(17, 290, 1, 100'000, 0.05), 2.8016 * std::sqrt(17.0 / 290 / 290), 1e-5);
  EXPECT_NEAR(*smallest_gain(17, 290, 1, 100'000, 0.05), 0.040, 0.001);
  EXPECT_NEAR(*smallest_gain(44, 290, 1, 100'000, 0.05), 0.064, 0.001);
  EXPECT_NEAR(*smallest_gain(44, 290, 4, 50, 0.05) / *smallest_gain(44, 290, 1, 50, 0.05), 2, 1e-12);
  EXPECT_GT(*smallest_gain(44, 290, 1, 10, 0.05), *smallest_gain(44, 290, 1, 100, 0.05));
  EXPECT_FALSE(smallest_gain(0, 290, 1, 100, 0.05));
}

}  // namespace
}  // namespace genretrack
