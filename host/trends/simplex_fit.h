// Least squares over shares: numbers that are not negative and sum to 1.
#pragma once

#include <Eigen/Core>

namespace genretrack {

// The x of the simplex with the smallest |matrix x - target|, exact but for rounding: the active-set method
// of Lawson and Hanson (1974, chapter 23) with the sum as a further constraint. (rows, n) and (rows); where
// several x fit equally well, one of them.
Eigen::VectorXd fit_on_simplex(const Eigen::MatrixXd& matrix, const Eigen::VectorXd& target);

}  // namespace genretrack
