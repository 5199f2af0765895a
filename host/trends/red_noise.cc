#include "host/trends/red_noise.h"

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <cmath>
#include <numeric>

namespace genretrack {
namespace {

constexpr double kLowestRho = -0.5, kHighestRho = 0.98;
constexpr int kCoarse = 14, kFine = 20;  // cells of each axis
constexpr double kFarBelow = 8;          // in log likelihood; such cells weigh nothing

// rho to the power of a small number of steps.
double after(double rho, int gap) { return gap == 1 ? rho : std::pow(rho, gap); }

}  // namespace

RedNoise::RedNoise(const Series& series, Mean mean)
    : values_(series.values), times_(series.times), gaps_(series.gaps) {
  middle_ = std::accumulate(times_.begin(), times_.end(), 0.0) / static_cast<double>(times_.size());
  const std::vector<double> rest = mean == Mean::kLine ? without_line(times_, values_) : [&] {
    const double average =
        std::accumulate(values_.begin(), values_.end(), 0.0) / static_cast<double>(values_.size());
    std::vector<double> centred = values_;
    for (double& value : centred) value -= average;
    return centred;
  }();
  double square = 0;
  for (const double value : rest) square += value * value;
  const double scale = std::sqrt(square / static_cast<double>(rest.size()));
  // A period whose songs are all alike has no sampling error; the filter needs a little.
  const double least = 1e-8 * scale * scale + 1e-24;
  for (const double error : series.errors) variances_.push_back(std::max(error * error, least));
  const Grid coarse{kLowestRho, kHighestRho, 0, 5 * scale};
  std::vector<Cell> cells = fill(coarse, kCoarse, mean);
  const double best = std::max_element(cells.begin(), cells.end(), [](const Cell& a, const Cell& b) {
                        return a.log_likelihood < b.log_likelihood;
                      })->log_likelihood;
  // The finer grid covers what is likely, and one coarse cell around it.
  Grid fine{kHighestRho, kLowestRho, 5 * scale, 0};
  for (const Cell& cell : cells) {
    if (cell.log_likelihood < best - kFarBelow) continue;
    fine.rho_low = std::min(fine.rho_low, cell.rho);
    fine.rho_high = std::max(fine.rho_high, cell.rho);
    fine.tau_low = std::min(fine.tau_low, cell.tau);
    fine.tau_high = std::max(fine.tau_high, cell.tau);
  }
  const double rho_step = (kHighestRho - kLowestRho) / kCoarse, tau_step = 5 * scale / kCoarse;
  fine = {std::max(kLowestRho, fine.rho_low - rho_step), std::min(kHighestRho, fine.rho_high + rho_step),
          std::max(0.0, fine.tau_low - tau_step), std::min(5 * scale, fine.tau_high + tau_step)};
  weigh(fill(fine, kFine, mean));
  const auto likeliest = std::max_element(cells_.begin(), cells_.end(), [](const Cell& a, const Cell& b) {
    return a.log_likelihood < b.log_likelihood;
  });
  std::vector<double> innovations;
  evaluate(likeliest->rho, likeliest->tau, mean, &innovations);
  whiteness_p_ = ljung_box_p(innovations, std::min<std::size_t>(6, values_.size() / 4));
}

std::vector<RedNoise::Cell> RedNoise::fill(const Grid& grid, int points, Mean mean) const {
  std::vector<Cell> cells;
  for (int i = 0; i < points; ++i)
    for (int j = 0; j < points; ++j)
      cells.push_back(evaluate(grid.rho_low + (grid.rho_high - grid.rho_low) * (i + 0.5) / points,
                               grid.tau_low + (grid.tau_high - grid.tau_low) * (j + 0.5) / points, mean));
  return cells;
}

// One Kalman filter over three series at once: the values, ones, and times. Its one-step errors are
// independent, and generalised least squares on them gives mean and slope.
RedNoise::Cell RedNoise::evaluate(double rho, double tau, Mean mean, std::vector<double>* innovations) const {
  const double stationary = tau * tau;
  double state[3] = {0, 0, 0}, variance = stationary;
  double log_determinant = 0, yy = 0, y1 = 0, yt = 0, s11 = 0, s1t = 0, stt = 0;
  std::vector<double> errors;
  for (std::size_t i = 0; i < values_.size(); ++i) {
    if (i > 0) {
      const double memory = after(rho, gaps_[i]);
      for (double& value : state) value *= memory;
      variance = memory * memory * variance + stationary * (1 - memory * memory);
    }
    const double total = variance + variances_[i], gain = variance / total;
    const double e[3] = {values_[i] - state[0], 1 - state[1], times_[i] - middle_ - state[2]};
    for (int k = 0; k < 3; ++k) state[k] += gain * e[k];
    variance *= 1 - gain;
    log_determinant += std::log(total);
    yy += e[0] * e[0] / total;
    y1 += e[0] * e[1] / total;
    yt += e[0] * e[2] / total;
    s11 += e[1] * e[1] / total;
    s1t += e[1] * e[2] / total;
    stt += e[2] * e[2] / total;
    if (innovations != nullptr)
      for (const double value : e) errors.push_back(value / std::sqrt(total));
  }
  double intercept = y1 / s11, slope = 0, determinant = s11;
  if (mean == Mean::kLine) {
    determinant = s11 * stt - s1t * s1t;
    slope = (yt * s11 - y1 * s1t) / determinant;
    intercept = (y1 - slope * s1t) / s11;
  }
  const double squares = yy - intercept * y1 - slope * yt;
  if (innovations != nullptr)
    for (std::size_t i = 0; i < errors.size(); i += 3)
      innovations->push_back(errors[i] - intercept * errors[i + 1] - slope * errors[i + 2]);
  Cell cell{rho, tau, 0, -0.5 * (log_determinant + std::log(determinant) + squares), {}};
  cell.line = {intercept - slope * middle_, slope};
  return cell;
}

void RedNoise::weigh(std::vector<Cell> cells) {
  double best = -INFINITY, sum = 0;
  for (const Cell& cell : cells) best = std::max(best, cell.log_likelihood);
  cells_.reserve(cells.size());
  for (Cell& cell : cells) {
    cell.weight = std::exp(cell.log_likelihood - best);
    sum += cell.weight;
  }
  double before = 0;
  for (Cell& cell : cells) {
    const double share = cell.weight / sum;
    rho_ += share * cell.rho;
    tau_ += share * cell.tau;
    line_.intercept += share * cell.line.intercept;
    line_.slope += share * cell.line.slope;
    before += share;
    cell.weight = before;
    cells_.push_back(cell);
  }
  cells_.back().weight = 1;
}

std::vector<double> RedNoise::draw_without_sampling(Random& random) const {
  const double place = random.uniform();
  const auto cell = std::lower_bound(cells_.begin(), cells_.end(), place,
                                     [](const Cell& at, double share) { return at.weight < share; });
  std::vector<double> surrogate(values_.size());
  double state = cell->tau * standard_normal(random);
  for (std::size_t i = 0; i < surrogate.size(); ++i) {
    if (i > 0) {
      const double memory = after(cell->rho, gaps_[i]);
      state = memory * state + cell->tau * std::sqrt(1 - memory * memory) * standard_normal(random);
    }
    surrogate[i] = state;
  }
  return surrogate;
}

std::vector<double> RedNoise::draw(Random& random) const {
  std::vector<double> surrogate = draw_without_sampling(random);
  for (std::size_t i = 0; i < surrogate.size(); ++i)
    surrogate[i] += std::sqrt(variances_[i]) * standard_normal(random);
  return surrogate;
}

double ljung_box_p(const std::vector<double>& values, std::size_t lags) {
  if (lags == 0 || !varies(values)) return 1;
  const double count = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
  double square = 0, statistic = 0;
  for (const double value : values) square += (value - mean) * (value - mean);
  for (std::size_t lag = 1; lag <= lags; ++lag) {
    double product = 0;
    for (std::size_t i = lag; i < values.size(); ++i)
      product += (values[i] - mean) * (values[i - lag] - mean);
    statistic += product * product / (square * square) / (count - static_cast<double>(lag));
  }
  statistic *= count * (count + 2);
  return boost::math::cdf(boost::math::complement(
      boost::math::chi_squared_distribution<double>(static_cast<double>(lags)), statistic));
}

}  // namespace genretrack
