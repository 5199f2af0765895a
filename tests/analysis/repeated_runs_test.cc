#include "host/analysis/repeated_runs.h"

#include <gtest/gtest.h>

#include "tests/golden/statistics.h"

namespace genretrack {
namespace {

std::vector<double> vector_of(const double* begin, const double* end) { return {begin, end}; }

TEST(CorrectedT, MatchesSciPy) {
  const auto result = corrected_resampled_t(
      vector_of(std::begin(golden::kFoldDifferences), std::end(golden::kFoldDifferences)), 1, 9, 0.05);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->repetitions, 10u);
  EXPECT_NEAR(result->p, golden::kCorrectedT[0], 1e-12);
  EXPECT_NEAR(result->interval.low, golden::kCorrectedT[1], 1e-12);
  EXPECT_NEAR(result->interval.high, golden::kCorrectedT[2], 1e-12);
}

TEST(CorrectedT, IsNotThereBelowTenFoldRepeats) {
  EXPECT_FALSE(corrected_resampled_t(std::vector<double>(9, 0.1), 1, 9, 0.05));
  EXPECT_DOUBLE_EQ(corrected_resampled_t(std::vector<double>(10, 0.0), 1, 9, 0.05)->p, 1);
}

TEST(ChanceToWin, MatchesSciPy) {
  const auto result = chance_to_win(vector_of(std::begin(golden::kManyA), std::end(golden::kManyA)),
                                    vector_of(std::begin(golden::kManyB), std::end(golden::kManyB)), 0.05);
  ASSERT_TRUE(result);
  EXPECT_NEAR(result->chance, golden::kChanceToWin[0], 1e-12);
  EXPECT_NEAR(result->interval.low, golden::kChanceToWin[1], 1e-9);
  EXPECT_NEAR(result->interval.high, golden::kChanceToWin[2], 1e-9);
}

TEST(ChanceToWin, KeepsItsWidthWhereOneAlwaysWins) {
  const auto result = chance_to_win(std::vector<double>(10, 0.9), std::vector<double>(10, 0.8), 0.05);
  EXPECT_DOUBLE_EQ(result->chance, 1);
  EXPECT_DOUBLE_EQ(result->interval.high, 1);
  EXPECT_GT(result->interval.low, 0.7);
  EXPECT_LT(result->interval.low, 0.95);
  const auto other = chance_to_win(std::vector<double>(10, 0.8), std::vector<double>(10, 0.9), 0.05);
  EXPECT_NEAR(other->interval.high, 1 - result->interval.low, 1e-12);
}

TEST(ChanceToWin, IsNotThereBelowTenSeeds) {
  EXPECT_FALSE(chance_to_win(std::vector<double>(9, 1), std::vector<double>(12, 0), 0.05));
}

}  // namespace
}  // namespace genretrack
