#include "host/trends/segmentation.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace genretrack {

SegmentCost::SegmentCost(const Eigen::MatrixXd& rows)
    : squares_(static_cast<std::size_t>(rows.rows()) + 1, 0) {
  // Around the mean, so that differences of sums lose no digits.
  const Eigen::RowVectorXd mean = rows.colwise().mean();
  sums_ = Eigen::MatrixXd::Zero(rows.cols(), rows.rows() + 1);
  for (long i = 0; i < rows.rows(); ++i) {
    const Eigen::VectorXd row = (rows.row(i) - mean).transpose();
    sums_.col(i + 1) = sums_.col(i) + row;
    squares_[static_cast<std::size_t>(i) + 1] = squares_[static_cast<std::size_t>(i)] + row.squaredNorm();
  }
}

double SegmentCost::operator()(std::size_t begin, std::size_t end) const {
  const double sum = (sums_.col(static_cast<long>(end)) - sums_.col(static_cast<long>(begin))).squaredNorm();
  return std::max(0.0, squares_[end] - squares_[begin] - sum / static_cast<double>(end - begin));
}

std::vector<std::size_t> pelt(const SegmentCost& cost, double penalty, std::size_t least) {
  const std::size_t n = cost.size();
  std::vector<double> best(n + 1, std::numeric_limits<double>::infinity());
  std::vector<std::size_t> last(n + 1, 0), candidates = {0};
  best[0] = -penalty;
  for (std::size_t end = least; end <= n; ++end) {
    if (end >= 2 * least) candidates.push_back(end - least);
    for (const std::size_t begin : candidates) {
      const double total = best[begin] + cost(begin, end) + penalty;
      if (total < best[end]) {
        best[end] = total;
        last[end] = begin;
      }
    }
    // A start that is already dearer without its penalty never becomes the best again; it may still be needed
    // for ends that are less than `least` away.
    if (end < 2 * least) continue;
    std::erase_if(candidates, [&](std::size_t begin) {
      return begin + least <= end - least && best[begin] + cost(begin, end) >= best[end] + penalty;
    });
  }
  std::vector<std::size_t> changes;
  for (std::size_t at = last[n]; at > 0; at = last[at]) changes.push_back(at);
  std::reverse(changes.begin(), changes.end());
  return changes;
}

double critical_penalty(const SegmentCost& cost, std::size_t least) {
  const std::size_t n = cost.size(), most = std::min<std::size_t>(n / least, 12);  // segments
  if (most < 2) return 0;
  std::vector<double> best(n + 1, std::numeric_limits<double>::infinity());
  for (std::size_t end = least; end <= n; ++end) best[end] = cost(0, end);
  const double whole = best[n];
  double critical = 0;
  for (std::size_t segments = 2; segments <= most; ++segments) {
    std::vector<double> next(n + 1, std::numeric_limits<double>::infinity());
    for (std::size_t end = segments * least; end <= n; ++end)
      for (std::size_t begin = (segments - 1) * least; begin + least <= end; ++begin)
        next[end] = std::min(next[end], best[begin] + cost(begin, end));
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
