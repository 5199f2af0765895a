#include "host/analysis/pelt.h"

#include <algorithm>
#include <limits>

namespace genretrack {

SegmentCost::SegmentCost(std::span<const double> values, std::size_t dimensions)
    : dimensions_(dimensions), sums_(values.size() + dimensions), squares_(values.size() / dimensions + 1) {
  // Around the mean, so that differences of sums lose no digits.
  std::vector<double> mean(dimensions);
  for (std::size_t i = 0; i < values.size(); ++i)
    mean[i % dimensions] += values[i] / static_cast<double>(values.size() / dimensions);
  for (std::size_t row = 0; row + 1 < squares_.size(); ++row) {
    squares_[row + 1] = squares_[row];
    for (std::size_t d = 0; d < dimensions; ++d) {
      const double value = values[row * dimensions + d] - mean[d];
      sums_[(row + 1) * dimensions + d] = sums_[row * dimensions + d] + value;
      squares_[row + 1] += value * value;
    }
  }
}

double SegmentCost::operator()(std::size_t begin, std::size_t end) const {
  const double *before = sums_.data() + begin * dimensions_, *after = sums_.data() + end * dimensions_;
  double square = 0;
  for (std::size_t d = 0; d < dimensions_; ++d) square += (after[d] - before[d]) * (after[d] - before[d]);
  return std::max(0.0, squares_[end] - squares_[begin] - square / static_cast<double>(end - begin));
}

std::vector<std::size_t> pelt(const SegmentCost& cost, double penalty, std::size_t least) {
  const std::size_t rows = cost.size();
  if (rows < 2 * least) return {};
  // best[end]: least cost of the rows before `end`; last[end]: where its last segment begins.
  std::vector<double> best(rows + 1, std::numeric_limits<double>::infinity());
  std::vector<std::size_t> last(rows + 1);
  struct Candidate {
    std::size_t begin, useless_from;
  };
  std::vector<Candidate> candidates = {{0, rows + 1}};
  best[0] = -penalty;
  for (std::size_t end = least; end <= rows; ++end) {
    if (end >= 2 * least) candidates.push_back({end - least, rows + 1});
    std::erase_if(candidates, [&](const Candidate& c) { return c.useless_from <= end; });
    for (const Candidate& c : candidates) {
      const double total = best[c.begin] + cost(c.begin, end) + penalty;
      if (total < best[end]) {
        best[end] = total;
        last[end] = c.begin;
      }
    }
    // What is worse than the best even without the penalty of one more change is beaten by a segment that
    // begins here, once that can be long enough.
    for (Candidate& c : candidates)
      if (best[c.begin] + cost(c.begin, end) > best[end])
        c.useless_from = std::min(c.useless_from, end + least);
  }
  std::vector<std::size_t> changes;
  for (std::size_t at = last[rows]; at > 0; at = last[at]) changes.push_back(at);
  std::reverse(changes.begin(), changes.end());
  return changes;
}

}  // namespace genretrack
