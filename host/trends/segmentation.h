// Where a series of points changes: statistics, without their tests.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <vector>

#include "host/analysis/pelt.h"

namespace genretrack {

// Of rows of an Eigen matrix (periods, dimensions).
SegmentCost segment_cost(const Eigen::MatrixXd& rows);

// The penalty above which PELT finds no change: the largest saving per change of any segmentation.
double critical_penalty(const SegmentCost& cost, std::size_t least);

// Foote's (2000) novelty of the matrix of distances between rows: how much more the `half` rows before differ
// from the `half` rows from a row on than each differ among themselves, tapered by a Gaussian. One value per
// row; 0 where there are fewer than `half` rows on a side.
std::vector<double> foote_novelty(const Eigen::MatrixXd& distances, std::size_t half);
Eigen::MatrixXd distances_between(const Eigen::MatrixXd& rows);

}  // namespace genretrack
