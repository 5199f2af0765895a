#include "host/train/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace genretrack {
namespace {

// From `from` at 0 to `to` at 1, along half a cosine.
double half_cosine(double from, double to, double share) {
  return to + (from - to) * 0.5 * (1 + std::cos(std::numbers::pi * share));
}

// One-cycle: `low` at the first step, `high` at the end of the rise, `last` at the last step.
double cycle(const TrainingSpec& training, double step, double steps, double low, double high, double last) {
  const double top = std::max(0.0, training.rise * steps - 1), fall = steps - 1 - top;
  if (step <= top) return top > 0 ? half_cosine(low, high, step / top) : high;
  return half_cosine(high, last, (step - top) / fall);
}

}  // namespace

double learning_rate(const TrainingSpec& training, std::int64_t step, std::int64_t steps_per_epoch) {
  const double rate = training.learning_rate;
  const auto at = static_cast<double>(step), epoch = static_cast<double>(steps_per_epoch);
  const double steps = epoch * training.epochs;
  if (training.schedule == Schedule::kOneCycle)
    return cycle(training, at, steps, training.start_factor * rate, rate, training.end_factor * rate);
  const double warmup = std::floor(training.warmup_epochs * epoch);
  if (at < warmup) return rate * (at + 1) / warmup;
  if (training.schedule == Schedule::kConstant) return rate;
  if (training.schedule == Schedule::kStep)
    return rate * std::pow(training.step_factor, std::floor((at - warmup) / (epoch * training.step_epochs)));
  const double turn = std::numbers::pi * (at - warmup) / (steps - warmup);
  return rate * 0.5 * (1 + std::cos(turn));
}

double momentum(const TrainingSpec& training, std::int64_t step, std::int64_t steps_per_epoch) {
  if (training.schedule != Schedule::kOneCycle) return training.momentum;
  const double steps = static_cast<double>(steps_per_epoch) * training.epochs;
  return cycle(training, static_cast<double>(step), steps, training.momentum, training.least_momentum,
               training.momentum);
}

double average_keep(const TrainingSpec& training, std::int64_t step) {
  const auto done = static_cast<double>(step);
  return std::min(training.weight_average, (1 + done) / (10 + done));
}

}  // namespace genretrack
