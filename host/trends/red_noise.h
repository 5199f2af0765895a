// The null of every test here: nothing happens but noise, of which each year remembers the last, and songs
// are drawn anew each year.
//
// y(t) = mean [+ slope * t] + x(t) + e(t): x is a stationary AR(1) process with autocorrelation rho over one
// step and standard deviation tau, e is sampling error of the standard errors given. Both rho and tau are
// uncertain in a short series, and a single estimate of rho is too small, which is where false alarms come
// from. So surrogates are drawn from all pairs, each by its weight: the restricted likelihood (which
// integrates mean and slope out, and with them most of that bias; Cheang and Reinsel 2000), computed by a
// Kalman filter on a grid, under a flat prior on rho in (-0.5, 0.98) and on tau.
#pragma once

#include <cstddef>
#include <vector>

#include "host/trends/series.h"

namespace genretrack {

class RedNoise {
 public:
  enum class Mean { kConstant, kLine };

  RedNoise(const Series& series, Mean mean);

  // A surrogate around zero: x + e, of the series's length, gaps and errors.
  std::vector<double> draw(Random& random) const;
  // x alone.
  std::vector<double> draw_without_sampling(Random& random) const;

  const Line& line() const { return line_; }       // mean over the weights; a slope of 0 with Mean::kConstant
  double autocorrelation() const { return rho_; }  // means over the weights
  double deviation() const { return tau_; }
  // Ljung and Box's p-value of one-step errors at the likeliest pair: small where the noise is not of this
  // kind.
  double whiteness_p() const { return whiteness_p_; }

 private:
  struct Cell {
    double rho = 0, tau = 0, weight = 0, log_likelihood = 0;  // weight: cumulative, the last is 1
    Line line;
  };
  struct Grid {
    double rho_low, rho_high, tau_low, tau_high;
  };

  std::vector<Cell> fill(const Grid& grid, int points, Mean mean) const;
  Cell evaluate(double rho, double tau, Mean mean, std::vector<double>* innovations = nullptr) const;
  void weigh(std::vector<Cell> cells);

  std::vector<double> values_, times_, variances_;
  std::vector<int> gaps_;
  double middle_ = 0;
  std::vector<Cell> cells_;
  Line line_;
  double rho_ = 0, tau_ = 0, whiteness_p_ = 1;
};

// Ljung and Box (1978), with `lags` degrees of freedom; 1 for a series that does not vary.
double ljung_box_p(const std::vector<double>& values, std::size_t lags);

}  // namespace genretrack
