// Is the movement predictable? Forecasts made as if at every earlier time, held against a reference that
// needs no skill.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "host/analysis/sign_flip.h"
#include "host/trends/forecasts.h"

namespace genretrack {

// One method at one horizon against the reference, for one genre or for all together.
struct Skill {
  Forecaster forecaster = Forecaster::kDrift;
  std::size_t horizon = 1;
  std::optional<std::size_t> genre;     // nothing: squared errors summed over genres
  std::size_t origins = 0, blocks = 0;  // forecasts; those among them whose futures do not overlap
  double skill = 0;                     // 1 - mean squared error / that of the reference
  double p = 1, adjusted_p = 1;         // one-sided
  bool shown = false;
};

struct ForecastPath {
  std::size_t genre = 0;
  Forecaster forecaster = Forecaster::kDrift;
  std::vector<double> values;       // for 1, 2, ... steps after the last period, in [0, 1]
  std::vector<Interval> intervals;  // 80 %, of sizes that errors of the past had
  std::optional<double> coverage;   // share of past values that such an interval, made before them, held
};

struct Backtest {
  std::vector<std::size_t> horizons;  // with five forecasts or more whose futures do not overlap
  std::vector<std::size_t> horizons_left_out;
  std::vector<Skill> overall, by_genre;
  std::vector<ForecastPath> paths;  // only by methods that showed skill
  bool any_skill() const { return !paths.empty(); }
};

struct BacktestOptions {
  std::vector<std::size_t> horizons = {1, 3, 5, 10};
  double level = 0.05;  // of everything that is called skill, together
  std::uint64_t seed = 1;
  int threads = 1;
};

// `shares` (periods, genres), periods evenly spaced. From the tenth period on every period is an origin (at
// most 150 of them, evenly spread). The reference at an origin and horizon is last value or local level,
// whichever erred less at earlier origins whose future had come by then; local level before there are any.
// Test: sums of the loss difference over blocks of as many origins as the horizon is long, sign-flip
// (sign_flip.h), one-sided. Holm over methods and horizons at half the level; over genres, methods and
// horizons at the other half.
Backtest run_backtest(const Eigen::MatrixXd& shares, const BacktestOptions& options);

}  // namespace genretrack
