// The learning-rate range test (Smith 2017): a network is trained while the rate grows from step to step, and
// its loss tells which rates are too small to learn, which teach, and which destroy.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "host/train/train_branch.h"

namespace genretrack {

struct RateStep {
  double rate = 0, loss = 0;
  double smoothed = 0;  // exponential moving average of the losses so far, without its bias towards 0
};

struct RateTest {
  std::vector<RateStep> steps;  // as far as the test went
  bool diverged = false;        // it ended early: loss four times its least, or no number
  std::size_t steepest = 0;     // the step before which the smoothed loss falls fastest in log(rate)
  // A tenth of the rate at which the loss is least before it diverges; 0 where it did not diverge.
  double tenth = 0;
  // The smaller of the two: what to put into /training/optimizer/learning_rate. 0 where the loss never falls.
  double suggestion = 0;
};

struct RateRange {
  double lowest = 1e-6, highest = 10;
  int steps = 300;
  double rate(int step) const;  // of step 0 to steps - 1, growing by the same factor each
};

// Calls `train` with each rate for the loss before its update, until the range ends or the loss diverges.
RateTest test_rates(const RateRange& range, const std::function<double(int step, double rate)>& train);

// Of a network that is trained as `job` says but for its schedule and its average, from fresh weights.
// `progress` after every step.
RateTest test_learning_rates(const BranchJob& job, const std::vector<BranchData>& inputs,
                             const RateRange& range, const std::function<void(int step)>& progress);

}  // namespace genretrack
