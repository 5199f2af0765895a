// When did the shares change abruptly?
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace genretrack {

struct ChangePoint {
  std::size_t period = 0;  // the first one after the change
  std::size_t first = 0,
              last = 0;  // novelty is as high as chance allows at most once in 1 / level over these
};

struct ChangeSearch {
  double p = 1;  // that anything changed at all
  std::vector<ChangePoint> changes;
};

struct ChangeTests {
  ChangeSearch novelty, segments;   // Foote's and PELT
  std::vector<double> curve;        // novelty per period, as a multiple of what chance reaches at `level`
  std::vector<std::size_t> halves;  // rows on either side that were compared, at several scales
};

// `rows` (periods, genres): square roots of shares, between which Euclidean distance is Hellinger's, and
// their bootstrap deviations (share_noise.h). Null: smooth curves and red noise, so that neither a steady
// trend nor noise with a memory counts as a change. Novelty: the largest value over periods and scales, each
// scale as a multiple of its null's mean maximum. PELT: the penalty at which it finds nothing, and then its
// changes under the null's (1 - level) quantile. At least 10 periods.
ChangeTests test_changes(const Eigen::MatrixXd& rows, const std::vector<Eigen::MatrixXd>& deviations,
                         const std::vector<double>& times, const std::vector<int>& gaps, double level,
                         std::size_t surrogates, std::uint64_t seed);

}  // namespace genretrack
