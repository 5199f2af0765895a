// One number per period, with what is known of its error.
#pragma once

#include <cstddef>
#include <vector>

#include "host/core/random.h"

namespace genretrack {

struct Series {
  std::vector<double> values;
  std::vector<double> errors;  // standard errors of sampling, per value
  std::vector<double> times;   // in years, ascending
  std::vector<int> gaps;       // from the value before, in steps; 1 but where periods were merged
  std::size_t size() const { return values.size(); }
};

// Whether there is anything to analyse: values that differ by more than rounding.
bool varies(const std::vector<double>& values);

double standard_normal(Random& random);

struct Line {
  double intercept = 0, slope = 0;  // at time 0, per year
  double at(double time) const { return intercept + slope * time; }
};
Line least_squares_line(const std::vector<double>& times, const std::vector<double>& values);
std::vector<double> without_line(const std::vector<double>& times, const std::vector<double>& values);

// (1 + null statistics at least as large) / (1 + null statistics).
double p_of_rank(double observed, const std::vector<double>& null);

// The smallest value that at most `share` of the others exceed; copies and sorts.
double upper_quantile(std::vector<double> values, double share);

}  // namespace genretrack
