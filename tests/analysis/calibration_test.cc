#include "host/analysis/calibration.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "host/analysis/metrics.h"
#include "host/core/error.h"
#include "host/core/random.h"

namespace genretrack {
namespace {

// Clips whose truth is drawn from the probabilities p, which are told as p^planted: the temperature `planted`
// makes them right again.
Predictions planted(double temperature, std::size_t clips, std::uint64_t seed) {
  Random random(seed, Purpose::kBootstrap);
  Predictions told;
  told.genres = {"a", "b", "c", "d"};
  for (std::size_t i = 0; i < clips; ++i) {
    double right[4], sum = 0, scaled = 0;
    for (double& p : right) sum += p = -std::log(random.uniform());
    double draw = random.uniform();
    std::size_t truth = 0;
    for (std::size_t g = 0; g < 4; ++g) right[g] /= sum;
    while (truth < 3 && (draw -= right[truth]) > 0) ++truth;
    for (const double p : right) scaled += std::pow(p, temperature);
    for (const double p : right) told.probabilities.push_back(std::pow(p, temperature) / scaled);
    told.clips.push_back(std::to_string(i));
    told.artists.emplace_back();
    told.truth.push_back(truth);
  }
  return told;
}

TEST(Calibration, RecoversAPlantedTemperature) {
  for (const double temperature : {0.4, 1.0, 2.5}) {
    const Temperature found = fit_temperature(planted(temperature, 20000, 7));
    EXPECT_NEAR(found.value, temperature, 0.04 * temperature);
    EXPECT_EQ(found.clips, 20000u);
  }
}

TEST(Calibration, NoOtherTemperatureHasASmallerLoss) {
  const Predictions told = planted(3, 5000, 3);
  const Temperature found = fit_temperature(told);
  const auto loss = [&](double temperature) {
    return compute_metrics(calibrated(told, temperature)).log_loss;
  };
  EXPECT_NEAR(loss(found.value), found.log_loss_after, 1e-12);
  EXPECT_NEAR(loss(1), found.log_loss_before, 1e-12);
  EXPECT_LT(found.log_loss_after, found.log_loss_before - 0.1);
  for (const double other : {0.97, 1.03}) EXPECT_GT(loss(other * found.value), found.log_loss_after);
}

TEST(Calibration, StaysFiniteWhereEveryClipOrNoneIsRight) {
  Predictions told;
  told.genres = {"a", "b"};
  for (int i = 0; i < 40; ++i) {
    told.clips.push_back(std::to_string(i));
    told.artists.emplace_back();
    told.truth.push_back(0);
    told.probabilities.insert(told.probabilities.end(), {0.8, 0.2});
  }
  const double right = fit_temperature(told).value;
  EXPECT_GT(right, 0.05);
  EXPECT_LT(right, 1);
  for (std::size_t& truth : told.truth) truth = 1;
  const double wrong = fit_temperature(told).value;
  EXPECT_GT(wrong, 1);
  EXPECT_LT(wrong, 1000);
}

TEST(Calibration, KeepsOrderAndSums) {
  double row[] = {0.6, 0.0, 0.3, 0.1};
  apply_temperature(2, row);
  EXPECT_NEAR(row[0] + row[1] + row[2] + row[3], 1, 1e-15);
  EXPECT_NEAR(row[0] / row[2], std::sqrt(2), 1e-12);
  EXPECT_GT(row[0], row[2]);
  EXPECT_GT(row[2], row[3]);
  EXPECT_GT(row[3], row[1]);
}

TEST(Calibration, RefusesWhatCannotBeFitted) {
  EXPECT_THROW(fit_temperature(Predictions{}), Error);
  Predictions told = planted(1, 3, 1);
  told.probabilities[4] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(fit_temperature(told), Error);
}

}  // namespace
}  // namespace genretrack
