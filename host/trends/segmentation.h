// Where a series of points changes: statistics, without their tests.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <vector>

namespace genretrack {

// Sum of squared distances from their mean of the rows from `begin` to `end`, for every pair; in constant
// time after a pass over the rows.
class SegmentCost {
 public:
  explicit SegmentCost(const Eigen::MatrixXd& rows);  // (periods, dimensions)
  std::size_t size() const { return squares_.size() - 1; }
  double operator()(std::size_t begin, std::size_t end) const;

 private:
  Eigen::MatrixXd sums_;  // (dimensions, periods + 1), cumulative
  std::vector<double> squares_;
};

// PELT (Killick, Fearnhead and Eckley 2012): the first rows of all segments but the first, where cost plus
// `penalty` per change is smallest; segments have at least `least` rows.
std::vector<std::size_t> pelt(const SegmentCost& cost, double penalty, std::size_t least);

// The penalty above which PELT finds no change: the largest saving per change of any segmentation.
double critical_penalty(const SegmentCost& cost, std::size_t least);

// Foote's (2000) novelty of the matrix of distances between rows: how much more the `half` rows before differ
// from the `half` rows from a row on than each differ among themselves, tapered by a Gaussian. One value per
// row; 0 where there are fewer than `half` rows on a side.
std::vector<double> foote_novelty(const Eigen::MatrixXd& distances, std::size_t half);
Eigen::MatrixXd distances_between(const Eigen::MatrixXd& rows);

}  // namespace genretrack
