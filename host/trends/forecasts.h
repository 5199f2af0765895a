// Forecasts of one series from its past.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace genretrack {

// The first two are references, which the others have to beat.
enum class Forecaster { kLastValue, kLocalLevel, kDrift, kAutoregression, kDampedTrend, kHarmonic };
inline constexpr std::array kForecasters = {Forecaster::kLastValue,   Forecaster::kLocalLevel,
                                            Forecaster::kDrift,       Forecaster::kAutoregression,
                                            Forecaster::kDampedTrend, Forecaster::kHarmonic};
inline constexpr std::size_t kReferences = 2;

std::string_view name_of(Forecaster forecaster);

// Forecasts for 1 to `horizon` steps after `past` (8 values at least), in which neighbours are one step
// apart:
// - last value;
// - local level: exponential smoothing as the local level model has it, from the mean of the past to the last
//   value, chosen by least squares of one-step errors;
// - drift: the mean change, on from the last value;
// - autoregression of order 0 to 3 by AICc, with a mean, by least squares;
// - damped trend: Holt's, damped (Gardner and McKenzie 1985), parameters by least squares of one-step errors;
// - line and wave (harmonic): a line and the one wave that fits best, of at least two cycles and two and a
// half steps, by
//   least squares.
std::vector<double> forecast(Forecaster forecaster, std::span<const double> past, std::size_t horizon);

// Parts of the above that tests hold against other programs.
struct DampedTrend {
  double alpha = 0, beta = 0, phi = 1, squares = 0;  // squares: of one-step errors, from the third value on
  double level = 0, trend = 0;                       // after the last value
};
DampedTrend run_damped_trend(std::span<const double> past, double alpha, double beta, double phi);
struct Autoregression {
  double constant = 0;
  std::vector<double> weights;  // of the last value, the one before, ...
};
Autoregression fit_autoregression(std::span<const double> past, std::size_t order);

}  // namespace genretrack
