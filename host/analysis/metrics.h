// Figures of one set of predictions. Definitions are scikit-learn's, so that its values can be compared.
#pragma once

#include <cstddef>
#include <vector>

#include "host/analysis/predictions.h"

namespace genretrack {

struct GenreMetrics {
  std::size_t clips = 0;                     // with this genre as their truth
  double recall = 0, precision = 0, f1 = 0;  // 0 where the denominator is 0
};

struct Metrics {
  std::size_t clips = 0;
  double accuracy = 0;
  double balanced_accuracy = 0;  // mean recall over the genres that stand in the truth
  // Mean F1 over the genres that stand in the truth or were predicted; a genre that is in neither says
  // nothing.
  double macro_f1 = 0;
  double log_loss = 0;  // nats per clip
  double brier = 0;     // sum over genres of squared errors of the probabilities, mean over clips: 0 to 2
  std::vector<GenreMetrics> genres;
  std::vector<std::size_t> confusion;  // (truth, predicted), row-major
};

// The most probable genre of a clip; the first of equals.
std::size_t predicted_genre(const Predictions& predictions, std::size_t clip);

// 1 where the most probable genre is the true one, else 0; per clip.
std::vector<double> hits(const Predictions& predictions);

// Natural logarithm of the true genre's probability, negated, per clip. Probabilities below 1e-12 count as
// 1e-12: a single clip that was surely wrong must not make the mean infinite.
std::vector<double> log_losses(const Predictions& predictions);

// Sum over genres of (probability - truth)^2 (Brier 1950), per clip: 0 to 2.
std::vector<double> brier_scores(const Predictions& predictions);

// Throws Error(kData) where there is no clip.
Metrics compute_metrics(const Predictions& predictions);

}  // namespace genretrack
