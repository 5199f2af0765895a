#include "host/trends/forecasts.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace genretrack {
namespace {

using Values = std::span<const double>;

// The local level model's filter: `drift` is the variance of the level's steps over that of the noise. 0 is
// the mean of all that was seen, so that noise around a mean is no movement that a forecast could claim.
double filtered_level(Values past, double drift, double* squares) {
  double level = past[0], variance = 1;
  *squares = 0;
  for (std::size_t i = 1; i < past.size(); ++i) {
    const double before = variance + drift, gain = before / (before + 1), error = past[i] - level;
    *squares += error * error;
    level += gain * error;
    variance = before * (1 - gain);
  }
  return level;
}

double best_level(Values past) {
  double best = past.back(), least = std::numeric_limits<double>::infinity();
  for (const double drift : {0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.4, 0.8, 1.6, 5.0, 20.0}) {
    double squares = 0;
    const double level = filtered_level(past, drift, &squares);
    if (squares < least) {
      least = squares;
      best = level;
    }
  }
  return best;
}

double residual_squares(Values past, const Autoregression& fit, std::size_t from) {
  double squares = 0;
  for (std::size_t i = from; i < past.size(); ++i) {
    double expected = fit.constant;
    for (std::size_t lag = 0; lag < fit.weights.size(); ++lag)
      expected += fit.weights[lag] * past[i - 1 - lag];
    squares += (past[i] - expected) * (past[i] - expected);
  }
  return squares;
}

// All orders are held against each other on the same values, those after the third.
Autoregression best_autoregression(Values past) {
  constexpr std::size_t kMostOrder = 3;
  const double count = static_cast<double>(past.size() - kMostOrder);
  Autoregression best;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t order = 0; order <= kMostOrder; ++order) {
    const Autoregression fit = fit_autoregression(past, order);
    const double parameters = static_cast<double>(order) + 2;
    if (count - parameters - 1 <= 0) break;
    const double squares = std::max(residual_squares(past, fit, kMostOrder), 1e-300);
    const double criterion =
        count * std::log(squares / count) + 2 * parameters * count / (count - parameters - 1);
    if (criterion < least) {
      least = criterion;
      best = fit;
    }
  }
  return best;
}

std::vector<double> from_autoregression(Values past, std::size_t horizon) {
  const Autoregression fit = best_autoregression(past);
  std::vector<double> all(past.begin(), past.end());
  // An explosive fit must not run away: no forecast leaves the range of the past by more than the range.
  const auto [low, high] = std::minmax_element(past.begin(), past.end());
  const double range = *high - *low, floor = *low - range, ceiling = *high + range;
  for (std::size_t h = 0; h < horizon; ++h) {
    double next = fit.constant;
    for (std::size_t lag = 0; lag < fit.weights.size(); ++lag)
      next += fit.weights[lag] * all[all.size() - 1 - lag];
    all.push_back(std::clamp(next, floor, ceiling));
  }
  return {all.begin() + static_cast<long>(past.size()), all.end()};
}

std::vector<double> from_damped_trend(Values past, std::size_t horizon) {
  DampedTrend best;
  best.squares = std::numeric_limits<double>::infinity();
  for (const double alpha : {0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.9})
    for (const double beta : {0.01, 0.05, 0.1, 0.2, 0.4})
      for (const double phi : {0.8, 0.9, 0.95, 0.98}) {
        const DampedTrend found = run_damped_trend(past, alpha, beta, phi);
        if (found.squares < best.squares) best = found;
      }
  std::vector<double> ahead;
  double factor = 0, damping = 1;
  for (std::size_t h = 0; h < horizon; ++h) {
    damping *= best.phi;
    factor += damping;
    ahead.push_back(best.level + factor * best.trend);
  }
  return ahead;
}

Eigen::Vector4d harmonic_terms(double time, double frequency) {
  return {1, time, std::cos(frequency * time), std::sin(frequency * time)};
}

std::vector<double> from_harmonic(Values past, std::size_t horizon) {
  const double count = static_cast<double>(past.size());
  Eigen::Vector4d best = Eigen::Vector4d::Zero();
  double best_frequency = 0, least = std::numeric_limits<double>::infinity();
  for (double cycles = 2; cycles <= count / 2.5; cycles += 0.5) {
    const double frequency = 2 * std::numbers::pi * cycles / count;
    Eigen::Matrix4d squares = Eigen::Matrix4d::Zero();
    Eigen::Vector4d products = Eigen::Vector4d::Zero();
    double total = 0;
    for (std::size_t i = 0; i < past.size(); ++i) {
      // Centred time, so that the normal equations are well conditioned.
      const Eigen::Vector4d terms = harmonic_terms(static_cast<double>(i) - count / 2, frequency);
      squares += terms * terms.transpose();
      products += past[i] * terms;
      total += past[i] * past[i];
    }
    const Eigen::Vector4d weights = squares.ldlt().solve(products);
    const double rest = total - weights.dot(products);
    if (rest < least) {
      least = rest;
      best = weights;
      best_frequency = frequency;
    }
  }
  std::vector<double> ahead;
  for (std::size_t h = 0; h < horizon; ++h)
    ahead.push_back(best.dot(harmonic_terms(count / 2 + static_cast<double>(h), best_frequency)));
  return ahead;
}

}  // namespace

std::string_view name_of(Forecaster forecaster) {
  constexpr std::string_view kNames[] = {"last value",     "local level",  "drift",
                                         "autoregression", "damped trend", "line and wave"};
  return kNames[static_cast<std::size_t>(forecaster)];
}

Autoregression fit_autoregression(Values past, std::size_t order) {
  const long rows = static_cast<long>(past.size() - order), columns = static_cast<long>(order) + 1;
  Eigen::MatrixXd terms = Eigen::MatrixXd::Ones(rows, columns);
  Eigen::VectorXd targets(rows);
  for (long i = 0; i < rows; ++i) {
    targets(i) = past[static_cast<std::size_t>(i) + order];
    for (std::size_t lag = 0; lag < order; ++lag)
      terms(i, static_cast<long>(lag) + 1) = past[static_cast<std::size_t>(i) + order - 1 - lag];
  }
  const Eigen::VectorXd weights = terms.colPivHouseholderQr().solve(targets);
  Autoregression fit{weights(0), {}};
  for (std::size_t lag = 0; lag < order; ++lag) fit.weights.push_back(weights(static_cast<long>(lag) + 1));
  return fit;
}

DampedTrend run_damped_trend(Values past, double alpha, double beta, double phi) {
  DampedTrend run{alpha, beta, phi, 0, past[0], past[1] - past[0]};
  for (std::size_t i = 1; i < past.size(); ++i) {
    const double expected = run.level + phi * run.trend, error = past[i] - expected;
    if (i >= 2) run.squares += error * error;  // the trend started at the second value
    const double level = expected + alpha * error;
    run.trend = beta * (level - run.level) + (1 - beta) * phi * run.trend;
    run.level = level;
  }
  return run;
}

std::vector<double> forecast(Forecaster forecaster, Values past, std::size_t horizon) {
  switch (forecaster) {
    case Forecaster::kLastValue:
      return std::vector<double>(horizon, past.back());
    case Forecaster::kLocalLevel:
      return std::vector<double>(horizon, best_level(past));
    case Forecaster::kDrift: {
      const double change = (past.back() - past.front()) / static_cast<double>(past.size() - 1);
      std::vector<double> ahead;
      for (std::size_t h = 1; h <= horizon; ++h)
        ahead.push_back(past.back() + static_cast<double>(h) * change);
      return ahead;
    }
    case Forecaster::kAutoregression:
      return from_autoregression(past, horizon);
    case Forecaster::kDampedTrend:
      return from_damped_trend(past, horizon);
    case Forecaster::kHarmonic:
      return from_harmonic(past, horizon);
  }
  return {};
}

}  // namespace genretrack
