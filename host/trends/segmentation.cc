#include "host/trends/segmentation.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace genretrack {

SegmentCost segment_cost(const Eigen::MatrixXd& rows) {
  const Eigen::MatrixXd by_row = rows.transpose();
  return SegmentCost({by_row.data(), static_cast<std::size_t>(by_row.size())},
                     static_cast<std::size_t>(rows.cols()));
}

double critical_penalty(const SegmentCost& cost, std::size_t least) {
  const std::size_t n = cost.size(), most = std::min<std::size_t>(n / least, 12);  // segments
  if (most < 2) return 0;
  // Every cost is used once per number of segments.
  std::vector<double> costs((n + 1) * (n + 1));  // (end, begin)
  for (std::size_t end = least; end <= n; ++end)
    for (std::size_t begin = 0; begin + least <= end; ++begin)
      costs[end * (n + 1) + begin] = cost(begin, end);
  std::vector<double> best(n + 1, std::numeric_limits<double>::infinity());
  for (std::size_t end = least; end <= n; ++end) best[end] = costs[end * (n + 1)];
  const double whole = best[n];
  double critical = 0;
  for (std::size_t segments = 2; segments <= most; ++segments) {
    std::vector<double> next(n + 1, std::numeric_limits<double>::infinity());
    for (std::size_t end = segments * least; end <= n; ++end)
      for (std::size_t begin = (segments - 1) * least; begin + least <= end; ++begin)
        next[end] = std::min(next[end], best[begin] + costs[end * (n + 1) + begin]);
    best = std::move(next);
    critical = std::max(critical, (whole - best[n]) / static_cast<double>(segments - 1));
  }
  return critical;
}

Eigen::MatrixXd distances_between(const Eigen::MatrixXd& rows) {
  Eigen::MatrixXd distances = Eigen::MatrixXd::Zero(rows.rows(), rows.rows());
  for (long i = 0; i < rows.rows(); ++i)
    for (long j = 0; j < i; ++j) distances(i, j) = distances(j, i) = (rows.row(i) - rows.row(j)).norm();
  return distances;
}

std::vector<double> foote_novelty(const Eigen::MatrixXd& distances, std::size_t half) {
  const long n = distances.rows(), width = static_cast<long>(half);
  Eigen::MatrixXd taper(width, width);  // by distance from the middle, in rows
  for (long i = 0; i < width; ++i)
    for (long j = 0; j < width; ++j) {
      const double x = (static_cast<double>(i) + 0.5) / static_cast<double>(width);
      const double y = (static_cast<double>(j) + 0.5) / static_cast<double>(width);
      taper(i, j) = std::exp(-2 * (x * x + y * y));
    }
  taper /= taper.sum();
  std::vector<double> novelty(static_cast<std::size_t>(n), 0);
  for (long at = width; at + width <= n; ++at) {
    double across = 0, within = 0;
    for (long i = 0; i < width; ++i)
      for (long j = 0; j < width; ++j) {
        across += taper(i, j) * distances(at - 1 - i, at + j);
        within += taper(i, j) * (distances(at - 1 - i, at - 1 - j) + distances(at + i, at + j)) / 2;
      }
    novelty[static_cast<std::size_t>(at)] = across - within;
  }
  return novelty;
}

}  // namespace genretrack
