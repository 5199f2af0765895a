#include "host/analysis/calibration.h"

#include <algorithm>
#include <boost/math/tools/roots.hpp>
#include <cmath>
#include <limits>
#include <tuple>
#include <vector>

#include "host/core/error.h"

namespace genretrack {
namespace {

// Neither end is reached with fewer than thousands of clips that are all right or all wrong.
constexpr double kLeastSharpness = 1e-4, kMostSharpness = 1e4;

class LogLoss {
 public:
  explicit LogLoss(const Predictions& predictions)
      : genres_(predictions.genres.size()), truth_(predictions.truth) {
    for (const double p : predictions.probabilities) {
      if (!std::isfinite(p))
        throw Error(ErrorKind::kData, "a probability to be calibrated is no finite number");
      logs_.push_back(std::log(std::max(p, kSmallestCalibrated)));
    }
  }

  // First and second derivative of the penalised sum of losses by the sharpness b = 1/T: the mean of log p
  // under the scaled probabilities minus the truth's, and the variance of log p under them.
  std::tuple<double, double> derivatives(double b) const {
    double first = 1 - 1 / b, second = 1 / (b * b);
    for (std::size_t clip = 0; clip < truth_.size(); ++clip) {
      const double* row = logs_.data() + clip * genres_;
      const double top = *std::max_element(row, row + genres_);
      double sum = 0, mean = 0, squares = 0;
      for (std::size_t g = 0; g < genres_; ++g) {
        const double weight = std::exp(b * (row[g] - top)), log = row[g] - top;
        sum += weight;
        mean += weight * log;
        squares += weight * log * log;
      }
      mean /= sum;
      first += mean - (row[truth_[clip]] - top);
      second += std::max(0.0, squares / sum - mean * mean);
    }
    return {first, second};
  }

  double mean(double b) const {
    double total = 0;
    for (std::size_t clip = 0; clip < truth_.size(); ++clip) {
      const double* row = logs_.data() + clip * genres_;
      const double top = *std::max_element(row, row + genres_);
      double sum = 0;
      for (std::size_t g = 0; g < genres_; ++g) sum += std::exp(b * (row[g] - top));
      total += std::log(sum) - b * (row[truth_[clip]] - top);
    }
    return total / static_cast<double>(truth_.size());
  }

 private:
  std::size_t genres_;
  const std::vector<std::size_t>& truth_;
  std::vector<double> logs_;
};

}  // namespace

Temperature fit_temperature(const Predictions& predictions) {
  if (predictions.clips.empty())
    throw Error(ErrorKind::kData, "there are no clips to calibrate on: the part is empty");
  const LogLoss loss(predictions);
  std::uintmax_t iterations = 200;
  const double sharpness = boost::math::tools::newton_raphson_iterate(
      [&](double b) { return loss.derivatives(b); }, 1.0, kLeastSharpness, kMostSharpness,
      std::numeric_limits<double>::digits / 2, iterations);
  return {1 / sharpness, predictions.clips.size(), loss.mean(1), loss.mean(sharpness)};
}

void apply_temperature(double temperature, std::span<double> row) {
  double top = -std::numeric_limits<double>::infinity(), sum = 0;
  for (double& p : row) {
    p = std::log(std::max(p, kSmallestCalibrated)) / temperature;
    top = std::max(top, p);
  }
  for (double& p : row) sum += p = std::exp(p - top);
  for (double& p : row) p /= sum;
}

Predictions calibrated(Predictions predictions, double temperature) {
  const std::size_t genres = predictions.genres.size();
  for (std::size_t clip = 0; clip < predictions.clips.size(); ++clip)
    apply_temperature(temperature, std::span(predictions.probabilities).subspan(clip * genres, genres));
  return predictions;
}

}  // namespace genretrack
