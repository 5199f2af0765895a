#include "host/analysis/ratio_figures.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "host/analysis/uncertainty.h"
#include "host/core/random.h"

namespace genretrack {

RatioFigure::Estimate RatioFigure::weighted(const std::vector<std::size_t>& times) const {
  std::vector<double> totals(2 * ratios_);
  for (std::size_t group = 0; group < groups_; ++group) {
    if (times[group] == 0) continue;
    const double weight = static_cast<double>(times[group]), *sums = &sums_[2 * group * ratios_];
    for (std::size_t i = 0; i < totals.size(); ++i) totals[i] += weight * sums[i];
  }
  Estimate estimate;
  double used = 0;
  for (std::size_t ratio = 0; ratio < ratios_; ++ratio) {
    if (totals[2 * ratio + 1] <= 0) continue;
    estimate.value += totals[2 * ratio] / totals[2 * ratio + 1];
    estimate.weight += totals[2 * ratio + 1];
    ++used;
  }
  if (used == 0) return estimate;
  estimate.value /= used;
  double squares = 0, drawn = 0;
  for (std::size_t group = 0; group < groups_; ++group) {
    if (times[group] == 0) continue;
    const double* sums = &sums_[2 * group * ratios_];
    double influence = 0, present = 0;
    for (std::size_t ratio = 0; ratio < ratios_; ++ratio) {
      const double total = totals[2 * ratio + 1];
      if (total <= 0) continue;
      influence += (sums[2 * ratio] - totals[2 * ratio] / total * sums[2 * ratio + 1]) / total;
      present += sums[2 * ratio + 1];
    }
    if (present <= 0) continue;
    const double weight = static_cast<double>(times[group]);
    squares += weight * influence * influence / (used * used);
    drawn += weight;
    ++estimate.groups;
  }
  if (drawn > 1) estimate.variance = squares * drawn / (drawn - 1);
  return estimate;
}

std::optional<RatioFigure::Estimate> RatioFigure::estimate() const {
  const Estimate estimate = weighted(std::vector<std::size_t>(groups_, 1));
  return estimate.groups == 0 ? std::nullopt : std::optional(estimate);
}

std::optional<Interval> RatioFigure::share_interval(double clips, double level) const {
  const std::optional<Estimate> found = estimate();
  if (!found) return std::nullopt;
  return genretrack::share_interval(found->value, found->variance, clips, found->groups, level);
}

std::optional<Interval> RatioFigure::bootstrap_t_interval(double level, std::uint64_t seed,
                                                          std::size_t draws) const {
  const std::optional<Estimate> found = estimate();
  if (!found || found->groups < 2) return std::nullopt;
  Random random(seed, Purpose::kBootstrap);
  std::vector<double> deviations;
  std::vector<std::size_t> times(groups_);
  for (std::size_t draw = 0; draw < draws; ++draw) {
    std::fill(times.begin(), times.end(), std::size_t{0});
    for (std::size_t i = 0; i < groups_; ++i) ++times[random.below(static_cast<std::uint32_t>(groups_))];
    const Estimate drawn = weighted(times);
    const double difference = drawn.value - found->value;
    // A draw of one artist alone has no error of its own; it counts as far away, never as near.
    deviations.push_back(drawn.variance > 0 ? difference / std::sqrt(drawn.variance)
                         : difference == 0
                             ? 0.0
                             : std::copysign(std::numeric_limits<double>::infinity(), difference));
  }
  std::sort(deviations.begin(), deviations.end());
  const auto rank =
      static_cast<std::size_t>(std::max(1.0, std::floor(level / 2 * static_cast<double>(draws + 1) + 1e-9)));
  const double error = std::sqrt(found->variance);
  if (error == 0) return Interval{found->value, found->value};
  return Interval{found->value - deviations[draws - rank] * error,
                  found->value - deviations[rank - 1] * error};
}

}  // namespace genretrack
