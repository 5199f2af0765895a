// Temperature scaling (Guo et al. 2017): one number that makes probabilities as sure as they are right. It
// keeps their order, so accuracy does not change.
#pragma once

#include <cstddef>
#include <span>

#include "host/analysis/predictions.h"

namespace genretrack {

// Probabilities below count as this much, so that their logarithm is finite.
inline constexpr double kSmallestCalibrated = 1e-12;

struct Temperature {
  double value = 1;                                // above 1: the probabilities were surer than right
  std::size_t clips = 0;                           // that it was fitted on
  double log_loss_before = 0, log_loss_after = 0;  // nats per clip, on those clips
};

// The temperature with the smallest log loss of p^(1/T), scaled to sum to 1. What is averaged over segments,
// seeds and branches has no logits, so that log p stands for them; for one softmax that is the same. With
// b = 1/T the sum of losses is convex in b, and the penalty b - 1 - log(b), convex too and worth next to
// nothing beside a few dozen clips, keeps T above 0 where every clip is right and below infinity where none
// is. One minimum, found by Newton's method. Throws Error(kData) where there is no clip or a probability is
// not finite.
Temperature fit_temperature(const Predictions& predictions);

// p^(1/T), scaled to sum to 1, in place; for one row of probabilities. T > 0.
void apply_temperature(double temperature, std::span<double> row);
Predictions calibrated(Predictions predictions, double temperature);

}  // namespace genretrack
