// Beside the values of ruptures in tests/trends/golden_test.cc.
#include "host/analysis/pelt.h"

#include <gtest/gtest.h>

#include <limits>

#include "host/core/random.h"

namespace genretrack {
namespace {

// Two dimensions with a rare outlier, which tempts a search to prune what it still needs.
std::vector<double> points_of(std::size_t rows, std::uint64_t seed) {
  Random random(seed, Purpose::kNoise);
  std::vector<double> values;
  for (std::size_t i = 0; i < 2 * rows; ++i)
    values.push_back(random.uniform() + (random.below(8) == 0 ? 3 : 0) + (i / 2 % 11 < 5 ? 1 : 0));
  return values;
}

double plain_cost(const std::vector<double>& values, std::size_t begin, std::size_t end) {
  double cost = 0;
  for (std::size_t d = 0; d < 2; ++d) {
    double mean = 0;
    for (std::size_t row = begin; row < end; ++row) mean += values[2 * row + d] / double(end - begin);
    for (std::size_t row = begin; row < end; ++row)
      cost += (values[2 * row + d] - mean) * (values[2 * row + d] - mean);
  }
  return cost;
}

TEST(Pelt, CostIsThatOfPlainSums) {
  const std::vector<double> values = points_of(30, 1);
  const SegmentCost cost(values, 2);
  ASSERT_EQ(cost.size(), 30u);
  for (std::size_t begin = 0; begin < 30; ++begin)
    for (std::size_t end = begin + 1; end <= 30; ++end)
      EXPECT_NEAR(cost(begin, end), plain_cost(values, begin, end), 1e-10);
}

// Least cost plus penalty per change, every beginning tried for every end.
double least_total(const std::vector<double>& values, std::size_t rows, double penalty, std::size_t least) {
  std::vector<double> best(rows + 1, std::numeric_limits<double>::infinity());
  best[0] = -penalty;
  for (std::size_t end = least; end <= rows; ++end)
    for (std::size_t begin = 0; begin + least <= end; ++begin)
      best[end] = std::min(best[end], best[begin] + plain_cost(values, begin, end) + penalty);
  return best[rows];
}

TEST(Pelt, FindsWhatASearchWithoutPruningFinds) {
  for (std::uint64_t seed = 0; seed < 100; ++seed)
    for (const std::size_t least : {1u, 3u, 5u})
      for (const double penalty : {0.5, 2.0, 8.0}) {
        const std::size_t rows = 40;
        const std::vector<double> values = points_of(rows, seed);
        std::vector<std::size_t> bounds = pelt(SegmentCost(values, 2), penalty, least);
        double total = penalty * static_cast<double>(bounds.size());
        bounds.insert(bounds.begin(), 0);
        bounds.push_back(rows);
        for (std::size_t i = 0; i + 1 < bounds.size(); ++i) {
          ASSERT_GE(bounds[i + 1], bounds[i] + least);
          total += plain_cost(values, bounds[i], bounds[i + 1]);
        }
        EXPECT_NEAR(total, least_total(values, rows, penalty, least), 1e-9)
            << "seed " << seed << " least " << least << " penalty " << penalty;
      }
}

TEST(Pelt, FindsNothingWhereTwoSegmentsDoNotFit) {
  const std::vector<double> values = {0, 0, 5, 5, 0};
  EXPECT_TRUE(pelt(SegmentCost(values, 1), 0.1, 3).empty());
  EXPECT_TRUE(pelt(SegmentCost({}, 1), 0.1, 1).empty());
  EXPECT_EQ(pelt(SegmentCost(std::span(values).first(4), 1), 0.1, 2), (std::vector<std::size_t>{2}));
}

}  // namespace
}  // namespace genretrack
