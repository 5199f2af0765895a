// Where a series of points changes: the best segmentation by squared error.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace genretrack {

// Sum of squared distances from their mean of the rows from `begin` to `end`, for every pair; in constant
// time after a pass over the rows.
class SegmentCost {
 public:
  // `values` (rows, dimensions), row-major.
  SegmentCost(std::span<const double> values, std::size_t dimensions);
  std::size_t size() const { return squares_.size() - 1; }  // rows
  double operator()(std::size_t begin, std::size_t end) const;

 private:
  std::size_t dimensions_;
  std::vector<double> sums_;     // (rows + 1, dimensions), over all rows before each
  std::vector<double> squares_;  // the same of squared lengths
};

// PELT (Killick, Fearnhead and Eckley 2012): the first rows of all segments but the first, where cost plus
// `penalty` per change is smallest; segments have at least `least` rows, `least` from 1. Nothing where there
// are fewer than two segments' rows.
std::vector<std::size_t> pelt(const SegmentCost& cost, double penalty, std::size_t least);

}  // namespace genretrack
