// Learning rate and momentum of a step, in closed form: nothing is carried from step to step, so that a
// resumed training goes on as if it had not stopped.
#pragma once

#include <cstdint>

#include "host/spec/experiment.h"

namespace genretrack {

// `step` counts from 0 over the whole training of training.epochs * steps_per_epoch steps.
//   warm-up    (step + 1) / warm-up steps of the rate; what follows it counts its steps from there
//   constant   the rate
//   step       rate * step_factor^floor(epoch / step_epochs)
//   cosine     rate * (1 + cos(pi * step / steps)) / 2 (Loshchilov and Hutter 2017, without restarts)
//   one-cycle  half a cosine from start_factor * rate up to the rate, reached at step rise * steps - 1, and
//              another down to end_factor * rate at the last step (Smith 2018, as PyTorch's OneCycleLR)
double learning_rate(const TrainingSpec& training, std::int64_t step, std::int64_t steps_per_epoch);

// Of SGD: training.momentum, with one-cycle mirrored to the rate, least_momentum where that is highest.
double momentum(const TrainingSpec& training, std::int64_t step, std::int64_t steps_per_epoch);

// Share of the average of weights that stays in a step: weight_average, and less as long as few weights have
// entered it.
double average_keep(const TrainingSpec& training, std::int64_t step);

}  // namespace genretrack
