#include "host/train/rate_test.h"

#include <algorithm>
#include <cmath>

#include "host/core/interrupt.h"
#include "host/train/checkpoint.h"
#include "host/train/training_steps.h"

namespace genretrack {
namespace {

constexpr double kKept = 0.9;       // of the smoothed loss in each step
constexpr double kDiverged = 4;     // times the least smoothed loss
constexpr double kFallen = 0.99;    // of the first smoothed loss: less of a fall is noise
constexpr std::size_t kFirst = 10;  // steps before which the smoothed loss says little

// The slope of the smoothed loss over log(rate) that ends at a step, over `kReach` steps: two neighbours
// alone would find noise.
constexpr std::size_t kReach = 10;
double slope(const std::vector<RateStep>& steps, std::size_t end) {
  const RateStep &from = steps[end - kReach], &to = steps[end];
  return (to.smoothed - from.smoothed) / std::log(to.rate / from.rate);
}

void conclude(RateTest& test) {
  const std::vector<RateStep>& steps = test.steps;
  std::size_t least = kFirst;
  double steepest = 0;
  for (std::size_t i = kFirst + kReach; i < steps.size(); ++i) {
    if (!std::isfinite(steps[i].smoothed)) break;
    if (steps[i].smoothed < steps[least].smoothed) least = i;
    if (const double here = slope(steps, i); here < steepest) {
      steepest = here;
      test.steepest = i - kReach / 2;
    }
  }
  if (steepest == 0 || steps[least].smoothed > kFallen * steps[kFirst].smoothed) return;
  test.suggestion = steps[test.steepest].rate;
  if (!test.diverged) return;
  test.tenth = steps[least].rate / 10;
  test.suggestion = std::min(test.suggestion, test.tenth);
}

}  // namespace

double RateRange::rate(int step) const {
  return lowest * std::pow(highest / lowest, static_cast<double>(step) / std::max(1, steps - 1));
}

RateTest test_rates(const RateRange& range, const std::function<double(int, double)>& train) {
  RateTest test;
  double average = 0, weight = 0, least = 0;
  for (int i = 0; i < range.steps && !test.diverged; ++i) {
    const double rate = range.rate(i), loss = train(i, rate);
    average = kKept * average + (1 - kKept) * loss;
    weight = kKept * weight + (1 - kKept);
    test.steps.push_back({rate, loss, average / weight});
    if (i == 0 || average / weight < least) least = average / weight;
    test.diverged =
        !std::isfinite(loss) || (test.steps.size() > kFirst && average / weight > kDiverged * least);
  }
  conclude(test);
  return test;
}

RateTest test_learning_rates(const BranchJob& asked, const std::vector<BranchData>& inputs,
                             const RateRange& range, const std::function<void(int)>& progress) {
  TrainingSpec training = *asked.training;
  training.schedule = Schedule::kConstant;
  training.warmup_epochs = 0;
  training.weight_average = 0;
  BranchJob job = asked;
  job.training = &training;
  TrainingSteps steps(job, inputs);
  const TrainingState fresh = fresh_state(steps.network().layout, job.seed);
  steps.ops().upload(Buffer::kParameters, fresh.parameters);
  steps.ops().upload(Buffer::kFirstMoments, fresh.first_moments);
  steps.ops().upload(Buffer::kSecondMoments, fresh.second_moments);
  return test_rates(range, [&](int step, double rate) {
    throw_if_interrupted("nothing was kept");
    const double loss = steps.train(step, rate);
    if (progress) progress(step + 1);
    return loss;
  });
}

}  // namespace genretrack
