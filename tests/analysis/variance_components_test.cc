#include "host/analysis/variance_components.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/analysis/simulated_runs.h"
#include "tests/golden/statistics.h"

namespace genretrack {
namespace {

TEST(VarianceComponents, MatchTheTableOfStatsmodels) {
  const std::size_t clips = std::size(golden::kComponentArtists);
  std::vector<std::vector<double>> hits;
  std::vector<std::string> artists;
  for (const int artist : golden::kComponentArtists) artists.push_back(std::to_string(artist));
  for (std::size_t seed = 0; seed < golden::kComponentSeeds; ++seed)
    hits.emplace_back(golden::kComponentHits + seed * clips, golden::kComponentHits + (seed + 1) * clips);
  const auto found = variance_components(hits, artists);
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->artist, golden::kComponents[0], 1e-12);
  EXPECT_NEAR(found->clip, golden::kComponents[1], 1e-12);
  EXPECT_NEAR(found->seed, golden::kComponents[2], 1e-12);
  EXPECT_NEAR(found->rest, golden::kComponents[3], 1e-12);
}

// 400 artists with 1 to 9 clips, 40 seeds; normal effects of known variance. The standard error of each
// estimate is below a tenth of it (by a hundred repetitions), but for the seeds' (a quarter).
TEST(VarianceComponents, FindWhatWasPlanted) {
  Random random(11, Purpose::kBootstrap);
  std::vector<std::string> artists;
  std::vector<double> effect;
  const std::vector<std::size_t> sizes = testing::uneven_artists(400, 5);
  for (std::size_t artist = 0; artist < sizes.size(); ++artist) {
    const double own = 0.6 * testing::simulated_normal(random);
    for (std::size_t clip = 0; clip < sizes[artist]; ++clip) {
      artists.push_back(std::to_string(artist));
      effect.push_back(own + 0.8 * testing::simulated_normal(random));
    }
  }
  std::vector<std::vector<double>> values;
  for (int seed = 0; seed < 40; ++seed) {
    const double own = 0.5 * testing::simulated_normal(random);
    values.emplace_back();
    for (const double clip : effect) values.back().push_back(clip + own + testing::simulated_normal(random));
  }
  const auto found = variance_components(values, artists);
  EXPECT_NEAR(found->artist, 0.36, 0.18);
  EXPECT_NEAR(found->clip, 0.64, 0.16);
  EXPECT_NEAR(found->seed, 0.25, 0.25);
  EXPECT_NEAR(found->rest, 1, 0.05);
  EXPECT_NEAR(found->seed_error, std::sqrt(found->seed), 1e-12);
  EXPECT_NEAR(found->clip_error, std::sqrt(found->clip / 2000), 1e-3);
}

TEST(VarianceComponents, AreNothingWhereSourcesCannotBeToldApart) {
  const std::vector<double> hits = {1, 0, 1, 1};
  EXPECT_FALSE(variance_components({hits}, {"a", "a", "b", "b"}));
  EXPECT_FALSE(variance_components({hits, hits}, {"a", "b", "c", "d"}));
  EXPECT_FALSE(variance_components({hits, hits}, {"a", "a", "a", "a"}));
  EXPECT_TRUE(variance_components({hits, hits}, {"a", "a", "b", "b"}));
}

}  // namespace
}  // namespace genretrack
