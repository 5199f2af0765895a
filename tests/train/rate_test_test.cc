#include "host/train/rate_test.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace genretrack {
namespace {

const RateRange kRange = {1e-6, 10, 300};

// A loss that falls around a rate, along a logistic curve, and explodes behind another.
double loss_at(double rate, double fall, double explosion) {
  const double learned = 1 / (1 + std::pow(fall / rate, 2.0));
  return 1.4 - learned + std::pow(rate / explosion, 3.0);
}

TEST(RateTest, GrowsByTheSameFactor) {
  EXPECT_DOUBLE_EQ(kRange.rate(0), 1e-6);
  EXPECT_NEAR(kRange.rate(299), 10, 1e-12);
  for (int i = 1; i < 300; ++i)
    EXPECT_NEAR(kRange.rate(i) / kRange.rate(i - 1), std::pow(1e7, 1.0 / 299), 1e-9);
}

TEST(RateTest, FindsWhereTheLossFallsFastest) {
  for (const double fall : {1e-4, 1e-3, 1e-2}) {
    const RateTest test = test_rates(kRange, [&](int, double rate) { return loss_at(rate, fall, 1); });
    ASSERT_TRUE(test.diverged);
    ASSERT_LT(test.steps.size(), 300u);
    // The smoothed loss lags by some steps, of which 43 make a decade.
    EXPECT_GT(test.steps[test.steepest].rate, fall);
    EXPECT_LT(test.steps[test.steepest].rate, 3 * fall);
    EXPECT_GT(test.tenth, 0.1 * fall);
    EXPECT_LT(test.tenth, 0.1);
    EXPECT_EQ(test.suggestion, std::min(test.steps[test.steepest].rate, test.tenth));
  }
}

TEST(RateTest, SmoothsWithoutBias) {
  const RateTest test = test_rates({1e-6, 10, 40}, [](int, double) { return 2.5; });
  ASSERT_EQ(test.steps.size(), 40u);
  for (const RateStep& step : test.steps) EXPECT_NEAR(step.smoothed, 2.5, 1e-12);
  EXPECT_FALSE(test.diverged);
  EXPECT_EQ(test.suggestion, 0);  // it never falls
}

TEST(RateTest, WithoutDivergenceTheSteepestFallDecides) {
  const RateTest test = test_rates(kRange, [](int, double rate) { return loss_at(rate, 1e-3, 1e9); });
  EXPECT_FALSE(test.diverged);
  EXPECT_EQ(test.steps.size(), 300u);
  EXPECT_EQ(test.tenth, 0);
  EXPECT_EQ(test.suggestion, test.steps[test.steepest].rate);
}

TEST(RateTest, EndsWhereTheLossIsNoNumber) {
  for (const int first : {0, 5, 200}) {
    const RateTest test = test_rates(kRange, [&](int step, double rate) {
      return step >= first ? std::numeric_limits<double>::quiet_NaN() : loss_at(rate, 1e-4, 1e9);
    });
    EXPECT_TRUE(test.diverged);
    EXPECT_EQ(test.steps.size(), std::size_t(first) + 1);
    EXPECT_EQ(test.suggestion > 0, first == 200);
  }
}

}  // namespace
}  // namespace genretrack
