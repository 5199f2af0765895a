#include "host/trends/calibration.h"

#include <Eigen/Dense>
#include <cmath>

namespace genretrack {
namespace {

constexpr double kPenalty = 1e-4;  // on squared biases, against the mean log loss

struct Step {
  double loss = 0;
  Eigen::VectorXd gradient;  // biases, then the exponent
  Eigen::MatrixXd curvature;
};

Eigen::VectorXd softmax(Eigen::VectorXd logits) {
  logits = (logits.array() - logits.maxCoeff()).exp();
  return logits / logits.sum();
}

double penalised_loss(const Eigen::MatrixXd& logs, const std::vector<std::int32_t>& truths,
                      const Eigen::VectorXd& weights, const Calibration& at) {
  return calibrated_log_loss(logs, truths, weights, at) + kPenalty / 2 * at.bias.squaredNorm();
}

Step derivatives(const Eigen::MatrixXd& logs, const std::vector<std::int32_t>& truths,
                 const Eigen::VectorXd& weights, const Calibration& at) {
  const int genres = static_cast<int>(logs.cols());
  Step step;
  step.gradient = Eigen::VectorXd::Zero(genres + 1);
  step.curvature = Eigen::MatrixXd::Zero(genres + 1, genres + 1);
  for (int clip = 0; clip < logs.rows(); ++clip) {
    const double weight = weights(clip);
    if (weight == 0) continue;
    const Eigen::VectorXd row = logs.row(clip).transpose(), p = softmax(at.exponent * row + at.bias);
    const int truth = truths[static_cast<std::size_t>(clip)];
    const double mean = p.dot(row);
    step.gradient.head(genres) += weight * p;
    step.gradient(truth) -= weight;
    step.gradient(genres) += weight * (mean - row(truth));
    step.curvature.topLeftCorner(genres, genres) -= weight * p * p.transpose();
    step.curvature.diagonal().head(genres) += weight * p;
    step.curvature.col(genres).head(genres) += weight * p.cwiseProduct((row.array() - mean).matrix());
    step.curvature(genres, genres) += weight * (p.dot(row.cwiseAbs2()) - mean * mean);
  }
  step.curvature.row(genres).head(genres) = step.curvature.col(genres).head(genres).transpose();
  step.gradient /= weights.sum();
  step.curvature /= weights.sum();
  step.gradient.head(genres) += kPenalty * at.bias;
  step.curvature.diagonal().head(genres).array() += kPenalty;
  step.curvature(genres, genres) += 1e-9;
  return step;
}

}  // namespace

double calibrated_log_loss(const Eigen::MatrixXd& logs, const std::vector<std::int32_t>& truths,
                           const Eigen::VectorXd& weights, const Calibration& at) {
  double loss = 0;
  for (int clip = 0; clip < logs.rows(); ++clip) {
    if (weights(clip) == 0) continue;
    const Eigen::VectorXd logits = at.exponent * logs.row(clip).transpose() + at.bias;
    const double largest = logits.maxCoeff();
    loss += weights(clip) * (largest + std::log((logits.array() - largest).exp().sum()) -
                             logits(truths[static_cast<std::size_t>(clip)]));
  }
  return loss / weights.sum();
}

Calibration fit_calibration(const Eigen::MatrixXd& logs, const std::vector<std::int32_t>& truths,
                            const Eigen::VectorXd& weights, const Calibration& start) {
  const int genres = static_cast<int>(logs.cols());
  Calibration at = start;
  if (at.bias.size() == 0) at.bias = Eigen::VectorXd::Zero(genres);
  double loss = penalised_loss(logs, truths, weights, at);
  for (int round = 0; round < 50; ++round) {
    const Step step = derivatives(logs, truths, weights, at);
    const Eigen::VectorXd move = step.curvature.ldlt().solve(step.gradient);
    if (step.gradient.dot(move) < 1e-12) break;
    Calibration next = at;
    double share = 1, found = loss;
    for (; share > 1e-6; share /= 2) {
      next.bias = at.bias - share * move.head(genres);
      next.exponent = at.exponent - share * move(genres);
      found = penalised_loss(logs, truths, weights, next);
      if (found < loss) break;
    }
    if (share <= 1e-6) break;
    at = next;
    loss = found;
  }
  // Where the probabilities say nothing, a negative exponent would turn them round.
  at.exponent = std::max(at.exponent, 0.01);
  at.priors = Eigen::VectorXd::Constant(genres, 0.5);
  for (int clip = 0; clip < logs.rows(); ++clip)
    at.priors(truths[static_cast<std::size_t>(clip)]) += weights(clip);
  at.priors /= at.priors.sum();
  return at;
}

}  // namespace genretrack
