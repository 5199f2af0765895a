#include "host/analysis/paired_tests.h"

#include <gtest/gtest.h>

#include "host/core/random.h"
#include "tests/golden/statistics.h"

namespace genretrack {
namespace {

TEST(McNemar, MatchesStatsmodels) {
  for (std::size_t i = 0; i < std::size(golden::kMcNemarMidP); ++i)
    EXPECT_NEAR(mcnemar_mid_p(golden::kMcNemarCounts[i][0], golden::kMcNemarCounts[i][1]),
                golden::kMcNemarMidP[i], 1e-12)
        << i;
}

TEST(McNemar, IsSymmetricAndOneWithoutDiscordantClips) {
  EXPECT_DOUBLE_EQ(mcnemar_mid_p(3, 11), mcnemar_mid_p(11, 3));
  EXPECT_DOUBLE_EQ(mcnemar_mid_p(0, 0), 1);
}

TEST(Holm, MatchesStatsmodels) {
  std::size_t at = 0;
  for (const std::size_t size : golden::kHolmSizes) {
    const std::vector<double> p(golden::kHolmP + at, golden::kHolmP + at + size);
    const std::vector<HolmDecision> decisions = holm(p, 0.05);
    for (std::size_t i = 0; i < size; ++i) {
      EXPECT_NEAR(decisions[i].adjusted_p, golden::kHolmAdjusted[at + i], 1e-15) << at + i;
      EXPECT_EQ(decisions[i].rejected, golden::kHolmAdjusted[at + i] <= 0.05) << at + i;
    }
    at += size;
  }
}

TEST(Holm, DecidesEachHypothesisAtItsLevel) {
  Random random(1, Purpose::kSplit);
  for (int family = 0; family < 500; ++family) {
    std::vector<double> p(1 + random.below(6));
    for (double& value : p) value = random.uniform() * 0.1;
    const std::vector<HolmDecision> decisions = holm(p, 0.05);
    for (std::size_t i = 0; i < p.size(); ++i) {
      EXPECT_EQ(decisions[i].rejected, p[i] <= decisions[i].level);
      EXPECT_EQ(decisions[i].rejected, decisions[i].adjusted_p <= 0.05);
    }
  }
}

}  // namespace
}  // namespace genretrack
