// Red noise of several series at once that keeps how they move together.
#pragma once

#include <Eigen/Core>
#include <vector>

#include "host/trends/red_noise.h"

namespace genretrack {

// An orthonormal basis of the smooth curves that a steady development may follow: (times, kept), polynomials
// of degree 3, or 2 below 20 times. Straight lines would not do: what rises straight in one scale of shares
// is bent in another, and with many songs that bend would pass for a change.
Eigen::MatrixXd smooth_curves(const std::vector<double>& times);

// A smooth curve per column, and around it noise: an AR(1) process with sampling error (red_noise.h) on each
// principal component of what the curves leave, so that the correlations between columns stay, and sampling
// errors as the bootstrap found them, drawn anew for every row.
class ShareNoise {
 public:
  // `rows` (periods, columns). `deviations`: bootstrap draws of the rows less the rows, each (periods,
  // columns).
  ShareNoise(const Eigen::MatrixXd& rows, const std::vector<Eigen::MatrixXd>& deviations,
             const std::vector<double>& times, const std::vector<int>& gaps);

  // Curves and noise: (periods, columns).
  Eigen::MatrixXd draw(Random& random) const;

 private:
  Eigen::MatrixXd curves_, components_;  // (periods, columns), (columns, kept)
  std::vector<RedNoise> noises_;         // per kept component
  const std::vector<Eigen::MatrixXd>& deviations_;
};

}  // namespace genretrack
