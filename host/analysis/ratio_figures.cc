#include "host/analysis/ratio_figures.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "host/analysis/uncertainty.h"

namespace genretrack {

std::optional<RatioFigure::Estimate> RatioFigure::estimate() const {
  std::vector<double> totals(2 * ratios_);
  for (std::size_t group = 0; group < groups_; ++group)
    for (std::size_t i = 0; i < totals.size(); ++i) totals[i] += sums_[2 * group * ratios_ + i];
  Estimate estimate;
  double used = 0;
  for (std::size_t ratio = 0; ratio < ratios_; ++ratio) {
    if (totals[2 * ratio + 1] <= 0) continue;
    estimate.value += totals[2 * ratio] / totals[2 * ratio + 1];
    estimate.weight += totals[2 * ratio + 1];
    ++used;
  }
  if (used == 0) return std::nullopt;
  estimate.value /= used;
  double squares = 0;
  for (std::size_t group = 0; group < groups_; ++group) {
    const double* sums = &sums_[2 * group * ratios_];
    double influence = 0, present = 0;
    for (std::size_t ratio = 0; ratio < ratios_; ++ratio) {
      const double total = totals[2 * ratio + 1];
      if (total <= 0) continue;
      influence += (sums[2 * ratio] - totals[2 * ratio] / total * sums[2 * ratio + 1]) / total;
      present += sums[2 * ratio + 1];
    }
    if (present <= 0) continue;
    squares += influence * influence / (used * used);
    ++estimate.groups;
  }
  const double count = static_cast<double>(estimate.groups);
  if (estimate.groups > 1) estimate.variance = squares * count / (count - 1);
  return estimate;
}

std::optional<Interval> RatioFigure::share_interval(double clips, double level) const {
  const std::optional<Estimate> found = estimate();
  if (!found) return std::nullopt;
  return genretrack::share_interval(found->value, found->variance, clips, found->groups, level);
}

// With the sums of a, b, a^2, ab and b^2 over the artists drawn, the ratio is a / b, and the squared
// influences of the artists on it add up to (a^2 - 2 q ab + q^2 b^2) / b^2.
std::optional<Interval> RatioFigure::bootstrap_t_interval(double level, const ArtistDraws& draws) const {
  const std::optional<Estimate> found = estimate();
  if (!found || found->groups < 2) return std::nullopt;
  std::vector<double> deviations;
  for (std::size_t draw = 0; draw < draws.draws(); ++draw) {
    const std::span<const std::uint16_t> times = draws.times(draw);
    double a = 0, b = 0, aa = 0, ab = 0, bb = 0, drawn = 0;
    for (std::size_t group = 0; group < groups_; ++group) {
      const double weight = times[group], top = sums_[2 * group], bottom = sums_[2 * group + 1];
      a += weight * top;
      b += weight * bottom;
      aa += weight * top * top;
      ab += weight * top * bottom;
      bb += weight * bottom * bottom;
      drawn += bottom > 0 ? weight : 0;
    }
    if (drawn == 0) continue;
    const double ratio = a / b, difference = ratio - found->value;
    // What rounding leaves of artists that are all alike is no spread.
    const double squares = aa - 2 * ratio * ab + ratio * ratio * bb;
    const double variance = drawn > 1 && squares > 1e-12 * aa ? squares / (b * b) * drawn / (drawn - 1) : 0;
    // A draw of one artist alone has no error of its own; it counts as far away, never as near.
    deviations.push_back(variance > 0 ? difference / std::sqrt(variance)
                         : difference == 0
                             ? 0.0
                             : std::copysign(std::numeric_limits<double>::infinity(), difference));
  }
  std::sort(deviations.begin(), deviations.end());
  const auto rank = static_cast<std::size_t>(
      std::max(1.0, std::floor(level / 2 * static_cast<double>(deviations.size() + 1) + 1e-9)));
  const double error = std::sqrt(found->variance);
  if (error == 0) return Interval{found->value, found->value};
  return Interval{found->value - deviations[deviations.size() - rank] * error,
                  found->value - deviations[rank - 1] * error};
}

}  // namespace genretrack
