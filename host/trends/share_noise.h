// Red noise of several series at once that keeps how they move together.
#pragma once

#include <Eigen/Core>
#include <vector>

#include "host/trends/red_noise.h"

namespace genretrack {

// A straight line per column, and around it noise: an AR(1) process with sampling error (red_noise.h) on each
// principal component of what the lines leave, so that the correlations between columns stay, and sampling
// errors as the bootstrap found them, drawn anew for every row.
class ShareNoise {
 public:
  // `rows` (periods, columns). `deviations`: bootstrap draws of the rows less the rows, each (periods,
  // columns).
  ShareNoise(const Eigen::MatrixXd& rows, const std::vector<Eigen::MatrixXd>& deviations,
             const std::vector<double>& times, const std::vector<int>& gaps);

  // Lines and noise: (periods, columns).
  Eigen::MatrixXd draw(Random& random) const;

 private:
  Eigen::MatrixXd lines_, components_;  // (periods, columns), (columns, kept)
  std::vector<RedNoise> noises_;        // per kept component
  const std::vector<Eigen::MatrixXd>& deviations_;
};

}  // namespace genretrack
