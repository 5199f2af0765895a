// Against SciPy, statsmodels, pymannkendall and ruptures (tests/golden/make_trend_statistics.py).
#include <gtest/gtest.h>

#include "host/analysis/pelt.h"
#include "host/trends/calibration.h"
#include "host/trends/cycles.h"
#include "host/trends/forecasts.h"
#include "host/trends/rank_trend.h"
#include "host/trends/red_noise.h"
#include "host/trends/simplex_fit.h"
#include "tests/golden/trend_statistics.h"

namespace genretrack {
namespace {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

TEST(TrendGolden, SenAndMannKendall) {
  for (std::size_t i = 0; i < golden::kTrendSeries.size(); ++i) {
    const std::vector<double>& values = golden::kTrendSeries[i];
    EXPECT_NEAR(sen_slope(golden::kTrendTimes, values), golden::kSenSlopes[i], 1e-13) << i;
    const MannKendall plain = mann_kendall(values), corrected = mann_kendall_hamed_rao(values);
    EXPECT_EQ(plain.score, golden::kMannKendallScore[i]) << i;
    EXPECT_NEAR(plain.p, golden::kMannKendallP[i], 1e-12) << i;
    EXPECT_NEAR(corrected.variance, golden::kHamedRaoVariance[i], 1e-8 * golden::kHamedRaoVariance[i]) << i;
    EXPECT_NEAR(corrected.p, golden::kHamedRaoP[i], 1e-9) << i;
    EXPECT_NEAR(ljung_box_p(values, 5), golden::kLjungBoxP[i], 1e-12) << i;
  }
}

TEST(TrendGolden, BenjaminiHochberg) {
  const std::vector<double> adjusted = benjamini_hochberg(golden::kFamily);
  for (std::size_t i = 0; i < adjusted.size(); ++i)
    EXPECT_NEAR(adjusted[i], golden::kBenjaminiHochberg[i], 1e-15);
}

TEST(TrendGolden, LombScargle) {
  std::vector<double> values = golden::kTrendSeries[1];
  double mean = 0;
  for (const double value : values) mean += value / static_cast<double>(values.size());
  for (double& value : values) value -= mean;
  const std::vector<double> powers = Periodogram(golden::kTrendTimes, golden::kFrequencies).power(values);
  for (std::size_t i = 0; i < powers.size(); ++i) EXPECT_NEAR(powers[i], golden::kPowers[i], 1e-8) << i;
}

TEST(TrendGolden, PeltFindsTheChangesOfRuptures) {
  const SegmentCost cost(golden::kPoints, 2);
  for (std::size_t i = 0; i < golden::kChanges.size(); ++i)
    EXPECT_EQ(pelt(cost, golden::kPenalties[i], 3), golden::kChanges[i]) << golden::kPenalties[i];
}

TEST(TrendGolden, FitsOnTheSimplex) {
  const Eigen::MatrixXd mixing = Eigen::Map<const RowMajor>(golden::kMixing, 4, 4);
  const Eigen::MatrixXd targets = Eigen::Map<const RowMajor>(golden::kTargets, 6, 4);
  const Eigen::MatrixXd expected = Eigen::Map<const RowMajor>(golden::kOnSimplex, 6, 4);
  for (long i = 0; i < 6; ++i) {
    const Eigen::VectorXd found = fit_on_simplex(mixing, targets.row(i).transpose());
    EXPECT_LT((found.transpose() - expected.row(i)).cwiseAbs().maxCoeff(), 2e-6) << i;
    // No share can be gained by moving some from one genre to another.
    const Eigen::VectorXd gradient = mixing.transpose() * (mixing * found - targets.row(i).transpose());
    for (long a = 0; a < 4; ++a)
      for (long b = 0; b < 4; ++b)
        if (found(a) > 0) {
          EXPECT_LE(gradient(a), gradient(b) + 1e-9) << i << a << b;
        }
  }
}

TEST(TrendGolden, Calibration) {
  const Eigen::MatrixXd logs =
      Eigen::Map<const RowMajor>(golden::kLabelledProbabilities, 120, 4).array().log();
  const std::vector<std::int32_t> truth(golden::kLabelledTruth.begin(), golden::kLabelledTruth.end());
  const Calibration fit = fit_calibration(logs, truth, Eigen::VectorXd::Ones(120));
  EXPECT_NEAR(fit.exponent, golden::kCalibration[0], 1e-5);
  for (long i = 0; i < 4; ++i) EXPECT_NEAR(fit.bias(i), golden::kCalibration[i + 1], 1e-4) << i;
}

TEST(TrendGolden, DampedTrendAndAutoregression) {
  const DampedTrend run = run_damped_trend(golden::kTrendSeries[2], 0.3, 0.1, 0.9);
  double factor = 0, damping = 1;
  for (const double expected : golden::kHoltForecast) {
    factor += damping *= 0.9;
    EXPECT_NEAR(run.level + factor * run.trend, expected, 1e-12);
  }
  const Autoregression fit = fit_autoregression(golden::kTrendSeries[1], 2);
  EXPECT_NEAR(fit.constant, golden::kAutoregression[0], 1e-12);
  EXPECT_NEAR(fit.weights[0], golden::kAutoregression[1], 1e-12);
  EXPECT_NEAR(fit.weights[1], golden::kAutoregression[2], 1e-12);
}

}  // namespace
}  // namespace genretrack
