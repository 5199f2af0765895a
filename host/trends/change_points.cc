#include "host/trends/change_points.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

#include "host/trends/segmentation.h"
#include "host/trends/share_noise.h"

namespace genretrack {
namespace {

constexpr std::size_t kLeastSegment = 3;  // periods

// Rows on either side that are compared: what changes within a few periods and what within many.
std::vector<std::size_t> halves_for(std::size_t periods) {
  std::vector<std::size_t> halves;
  for (const std::size_t half : {3u, 5u, 8u, 12u})
    if (4 * half <= periods || half == 3) halves.push_back(half);
  return halves;
}

// The one step that, beside a smooth curve per genre, explains most.
struct BestStep {
  double rest = 0;       // sum of squares that curve and step leave
  Eigen::MatrixXd step;  // (periods, genres): what is due to the step alone
};

class StepFinder {
 public:
  explicit StepFinder(const std::vector<double>& times) {
    const long n = static_cast<long>(times.size());
    curves_ = smooth_curves(times);
    steps_.resize(n, n - 2 * static_cast<long>(kLeastSegment) + 1);
    for (long i = 0; i < steps_.cols(); ++i) {
      const long at = i + static_cast<long>(kLeastSegment);
      Eigen::VectorXd step = Eigen::VectorXd::Zero(n);
      step.tail(n - at).setOnes();
      step -= curves_ * (curves_.transpose() * step);
      lengths_.push_back(step.norm());
      steps_.col(i) = step.normalized();
    }
  }

  BestStep find(const Eigen::MatrixXd& rows) const {
    const Eigen::MatrixXd rest = rows - curves_ * (curves_.transpose() * rows);
    long best = 0;
    const double explained = (steps_.transpose() * rest).rowwise().squaredNorm().maxCoeff(&best);
    // The coefficient of the step in a regression on curve and step; the curve keeps what is its own.
    const Eigen::RowVectorXd size =
        steps_.col(best).transpose() * rest / lengths_[static_cast<std::size_t>(best)];
    BestStep found{rest.squaredNorm() - explained, Eigen::MatrixXd::Zero(rows.rows(), rows.cols())};
    found.step.bottomRows(rows.rows() - best - static_cast<long>(kLeastSegment)).rowwise() = size;
    return found;
  }

 private:
  Eigen::MatrixXd curves_, steps_;
  std::vector<double> lengths_;  // of the steps without their own curve
};

// Both statistics as multiples of what curve and best step leave: the scale of the noise is not known.
struct Measured {
  std::vector<std::vector<double>> novelty;  // per scale, per period
  double critical = 0;
};

Measured measure(const Eigen::MatrixXd& rows, const std::vector<std::size_t>& halves, double rest) {
  Measured measured;
  const Eigen::MatrixXd distances = distances_between(rows) / std::sqrt(std::max(rest, 1e-300));
  for (const std::size_t half : halves) measured.novelty.push_back(foote_novelty(distances, half));
  measured.critical = critical_penalty(segment_cost(rows), kLeastSegment) / std::max(rest, 1e-300);
  return measured;
}

double largest(const std::vector<double>& values) { return *std::max_element(values.begin(), values.end()); }

// Stretches above 1, each with its highest period.
std::vector<ChangePoint> peaks(const std::vector<double>& curve) {
  std::vector<ChangePoint> found;
  for (std::size_t i = 0; i < curve.size(); ++i) {
    if (curve[i] <= 1) continue;
    if (found.empty() || found.back().last + 1 != i)
      found.push_back({i, i, i});
    else if (curve[i] > curve[found.back().period])
      found.back().period = i;
    found.back().last = i;
  }
  return found;
}

}  // namespace

ChangeTests test_changes(const Eigen::MatrixXd& rows, const std::vector<Eigen::MatrixXd>& deviations,
                         const std::vector<double>& times, const std::vector<int>& gaps, double level,
                         std::size_t surrogates, std::uint64_t seed) {
  ChangeTests tests;
  tests.halves = halves_for(static_cast<std::size_t>(rows.rows()));
  // A true step would pass for noise with a long memory, so noise is what is left without the largest step.
  const StepFinder finder(times);
  const BestStep step = finder.find(rows);
  const ShareNoise noise(rows - step.step, deviations, times, gaps);
  const Measured observed = measure(rows, tests.halves, step.rest);
  std::vector<double> criticals;
  std::vector<std::vector<double>> maxima(tests.halves.size());  // per scale, per surrogate
  Random random(seed, Purpose::kSurrogate, 1'000'000);
  for (std::size_t i = 0; i < surrogates; ++i) {
    const Eigen::MatrixXd surrogate = noise.draw(random);
    const Measured drawn = measure(surrogate, tests.halves, finder.find(surrogate).rest);
    criticals.push_back(drawn.critical);
    for (std::size_t scale = 0; scale < maxima.size(); ++scale)
      maxima[scale].push_back(largest(drawn.novelty[scale]));
  }
  std::vector<double> joint(surrogates, 0);
  tests.curve.assign(static_cast<std::size_t>(rows.rows()), 0);
  for (std::size_t scale = 0; scale < maxima.size(); ++scale) {
    double mean = 0;
    for (const double value : maxima[scale]) mean += value / static_cast<double>(surrogates);
    for (std::size_t i = 0; i < surrogates; ++i) joint[i] = std::max(joint[i], maxima[scale][i] / mean);
    for (std::size_t i = 0; i < tests.curve.size(); ++i)
      tests.curve[i] = std::max(tests.curve[i], observed.novelty[scale][i] / mean);
  }
  tests.novelty.p = p_of_rank(largest(tests.curve), joint);
  const double bound = upper_quantile(joint, level);
  for (double& value : tests.curve) value /= bound;
  tests.novelty.changes = peaks(tests.curve);
  tests.segments.p = p_of_rank(observed.critical, criticals);
  if (tests.segments.p <= level)
    for (const std::size_t at :
         pelt(segment_cost(rows), step.rest * upper_quantile(criticals, level), kLeastSegment))
      tests.segments.changes.push_back({at, at, at});
  return tests;
}

}  // namespace genretrack
