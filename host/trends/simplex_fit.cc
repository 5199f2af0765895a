#include "host/trends/simplex_fit.h"

#include <Eigen/Dense>
#include <vector>

namespace genretrack {
namespace {

// Minimum over the free coordinates alone, which sum to 1 and may be negative.
Eigen::VectorXd fit_free(const Eigen::MatrixXd& squares, const Eigen::VectorXd& linear,
                         const std::vector<int>& free) {
  const int n = static_cast<int>(free.size());
  Eigen::MatrixXd system = Eigen::MatrixXd::Ones(n + 1, n + 1);
  Eigen::VectorXd right = Eigen::VectorXd::Ones(n + 1);
  system(n, n) = 0;
  for (int i = 0; i < n; ++i) {
    right(i) = linear(free[static_cast<std::size_t>(i)]);
    for (int j = 0; j < n; ++j)
      system(i, j) = squares(free[static_cast<std::size_t>(i)], free[static_cast<std::size_t>(j)]);
  }
  return system.partialPivLu().solve(right).head(n);
}

}  // namespace

Eigen::VectorXd fit_on_simplex(const Eigen::MatrixXd& matrix, const Eigen::VectorXd& target) {
  const int n = static_cast<int>(matrix.cols());
  Eigen::MatrixXd squares = matrix.transpose() * matrix;
  // Columns that are equal (a genre that is never told from another) would make the systems singular.
  const double scale = squares.trace() / n;
  squares.diagonal().array() += 1e-12 * scale;
  const Eigen::VectorXd linear = matrix.transpose() * target;
  const double tolerance = 1e-10 * scale;
  int start = 0;
  (squares.diagonal() / 2 - linear).minCoeff(&start);
  std::vector<int> free = {start};
  Eigen::VectorXd x = Eigen::VectorXd::Zero(n);
  x(start) = 1;
  // Every round lowers the objective, so no set of free coordinates comes twice; the bound is for rounding.
  for (int round = 0; round < 10 * n; ++round) {
    const Eigen::VectorXd gradient = squares * x - linear;
    const double level = gradient.dot(x);  // the gradient of every free coordinate at its minimum
    int entering = 0;
    if (gradient.minCoeff(&entering) >= level - tolerance || x(entering) > 0) break;
    free.push_back(entering);
    for (;;) {
      const Eigen::VectorXd found = fit_free(squares, linear, free);
      double step = 1;
      for (std::size_t i = 0; i < free.size(); ++i)
        if (found(static_cast<int>(i)) <= 0)
          step = std::min(step, x(free[i]) / (x(free[i]) - found(static_cast<int>(i))));
      std::vector<int> left;
      for (std::size_t i = 0; i < free.size(); ++i) {
        double& value = x(free[i]);
        value += step * (found(static_cast<int>(i)) - value);
        if (found(static_cast<int>(i)) > 0 || value > 1e-14)
          left.push_back(free[i]);
        else
          value = 0;
      }
      if (step >= 1 || left.size() == free.size()) break;
      free = left;
    }
  }
  x = x.cwiseMax(0);
  return x / x.sum();
}

}  // namespace genretrack
