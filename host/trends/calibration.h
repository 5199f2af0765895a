// Probabilities made to mean what they say.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <vector>

namespace genretrack {

// p becomes softmax(exponent * log p + bias): bias-corrected temperature scaling (Alexandari, Kundaje and
// Shrikumar 2020), which is what the EM correction of shares needs.
struct Calibration {
  double exponent = 1;
  Eigen::VectorXd bias;    // per genre; sums to 0
  Eigen::VectorXd priors;  // shares of the genres among the clips it was fitted on
};

// Minimises the log loss of `log_probabilities` (clips, genres) with weights per clip, by Newton's method; a
// small penalty keeps the bias finite where a genre has no clip. Starts from `start` where it has a bias.
Calibration fit_calibration(const Eigen::MatrixXd& log_probabilities, const std::vector<std::int32_t>& truths,
                            const Eigen::VectorXd& weights, const Calibration& start = {});

// Mean log loss after calibration, in nats.
double calibrated_log_loss(const Eigen::MatrixXd& log_probabilities, const std::vector<std::int32_t>& truths,
                           const Eigen::VectorXd& weights, const Calibration& calibration);

}  // namespace genretrack
