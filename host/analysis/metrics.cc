#include "host/analysis/metrics.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "host/core/error.h"

namespace genretrack {
namespace {

constexpr double kSmallestProbability = 1e-12;

double ratio(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

}  // namespace

std::size_t predicted_genre(const Predictions& predictions, std::size_t clip) {
  const std::size_t genres = predictions.genres.size();
  const double* row = predictions.probabilities.data() + clip * genres;
  return static_cast<std::size_t>(std::max_element(row, row + genres) - row);
}

std::vector<double> hits(const Predictions& predictions) {
  std::vector<double> values(predictions.clips.size());
  for (std::size_t clip = 0; clip < values.size(); ++clip)
    values[clip] = predicted_genre(predictions, clip) == predictions.truth[clip] ? 1.0 : 0.0;
  return values;
}

std::vector<double> log_losses(const Predictions& predictions) {
  std::vector<double> values(predictions.clips.size());
  for (std::size_t clip = 0; clip < values.size(); ++clip)
    values[clip] = -std::log(
        std::clamp(predictions.probability(clip, predictions.truth[clip]), kSmallestProbability, 1.0));
  return values;
}

std::vector<double> brier_scores(const Predictions& predictions) {
  std::vector<double> values(predictions.clips.size());
  for (std::size_t clip = 0; clip < values.size(); ++clip)
    for (std::size_t genre = 0; genre < predictions.genres.size(); ++genre) {
      const double error =
          predictions.probability(clip, genre) - (genre == predictions.truth[clip] ? 1.0 : 0.0);
      values[clip] += error * error;
    }
  return values;
}

Metrics compute_metrics(const Predictions& predictions) {
  const std::size_t clips = predictions.clips.size(), genres = predictions.genres.size();
  if (clips == 0) throw Error(ErrorKind::kData, "there are no clips to evaluate: the part is empty");
  Metrics metrics;
  metrics.clips = clips;
  metrics.confusion.assign(genres * genres, 0);
  for (std::size_t clip = 0; clip < clips; ++clip)
    ++metrics.confusion[predictions.truth[clip] * genres + predicted_genre(predictions, clip)];
  metrics.accuracy = mean(hits(predictions));
  metrics.log_loss = mean(log_losses(predictions));
  metrics.brier = mean(brier_scores(predictions));
  std::size_t seen = 0, in_truth = 0;
  for (std::size_t genre = 0; genre < genres; ++genre) {
    std::size_t truth = 0, predicted = 0;
    for (std::size_t other = 0; other < genres; ++other) {
      truth += metrics.confusion[genre * genres + other];
      predicted += metrics.confusion[other * genres + genre];
    }
    const std::size_t right = metrics.confusion[genre * genres + genre];
    metrics.genres.push_back(
        {truth, ratio(right, truth), ratio(right, predicted), ratio(2 * right, truth + predicted)});
    metrics.macro_f1 += metrics.genres.back().f1;
    metrics.balanced_accuracy += metrics.genres.back().recall;
    seen += truth + predicted > 0;
    in_truth += truth > 0;
  }
  metrics.balanced_accuracy /= static_cast<double>(in_truth);
  metrics.macro_f1 /= static_cast<double>(seen);
  return metrics;
}

}  // namespace genretrack
