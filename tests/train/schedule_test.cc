#include "host/train/schedule.h"

#include <gtest/gtest.h>

#include <cmath>

namespace genretrack {
namespace {

TrainingSpec spec(Schedule schedule, int epochs) {
  TrainingSpec training;
  training.schedule = schedule;
  training.epochs = epochs;
  training.learning_rate = 0.3;
  return training;
}

TEST(Schedule, CosineFallsAlongHalfACosine) {
  const TrainingSpec training = spec(Schedule::kCosine, 8);
  EXPECT_EQ(learning_rate(training, 0, 5), 0.3);
  for (int step = 0; step < 40; ++step)
    EXPECT_NEAR(learning_rate(training, step, 5), 0.3 * std::pow(std::cos(M_PI * step / 80), 2), 1e-15);
}

TEST(Schedule, StepFallsEveryFewEpochs) {
  TrainingSpec training = spec(Schedule::kStep, 9);
  training.step_epochs = 2;
  training.step_factor = 0.5;
  for (int step = 0; step < 9 * 7; ++step)
    EXPECT_NEAR(learning_rate(training, step, 7), 0.3 / (1 << (step / 14)), 1e-15) << step;
}

TEST(Schedule, ConstantStays) {
  const TrainingSpec training = spec(Schedule::kConstant, 9);
  for (int step : {0, 1, 62}) EXPECT_EQ(learning_rate(training, step, 7), 0.3);
}

TEST(Schedule, WarmUpRisesAndTheScheduleFollows) {
  for (const Schedule schedule : {Schedule::kConstant, Schedule::kStep, Schedule::kCosine}) {
    TrainingSpec training = spec(schedule, 10), behind = spec(schedule, 8);
    training.warmup_epochs = 2;
    training.step_epochs = behind.step_epochs = 3;
    for (int step = 0; step < 10; ++step)
      EXPECT_NEAR(learning_rate(training, step, 5), 0.3 * (step + 1) / 10, 1e-15);
    for (int step = 10; step < 50; ++step)
      EXPECT_NEAR(learning_rate(training, step, 5), learning_rate(behind, step - 10, 5), 1e-15);
  }
  TrainingSpec part = spec(Schedule::kConstant, 10);  // of an epoch
  part.warmup_epochs = 0.5;
  EXPECT_NEAR(learning_rate(part, 0, 8), 0.3 / 4, 1e-15);
  EXPECT_EQ(learning_rate(part, 3, 8), 0.3);
}

// Values of torch.optim.lr_scheduler.OneCycleLR(max_lr=0.3, total_steps=40, pct_start=0.3, div_factor=25,
// final_div_factor=1e4, base_momentum=0.85, max_momentum=0.95), PyTorch 2.
TEST(Schedule, OneCycleMatchesPyTorch) {
  TrainingSpec training = spec(Schedule::kOneCycle, 8);
  training.momentum = 0.95;
  const struct {
    int step;
    double rate, momentum;
  } torch[] = {{0, 0.012, 0.95},
               {5, 0.1355066632886469, 0.9071157419136642},
               {11, 0.3, 0.85},
               {12, 0.29905683525666044, 0.8503143895053379},
               {20, 0.2298050922580546, 0.8733983961742331},
               {39, 1.2e-06, 0.95}};
  for (const auto& [step, rate, wanted] : torch) {
    EXPECT_NEAR(learning_rate(training, step, 5), rate, 1e-12) << step;
    EXPECT_NEAR(momentum(training, step, 5), wanted, 1e-12) << step;
  }
}

TEST(Schedule, EveryRateOfEveryLengthIsANumber) {
  for (const Schedule schedule :
       {Schedule::kConstant, Schedule::kStep, Schedule::kCosine, Schedule::kOneCycle})
    for (int epochs = 1; epochs < 5; ++epochs)
      for (const double rise : {1e-9, 0.3, 1 - 1e-9})
        for (int steps = 1; steps < 5; ++steps)
          for (int step = 0; step < epochs * steps; ++step) {
            TrainingSpec training = spec(schedule, epochs);
            training.rise = rise;
            const double rate = learning_rate(training, step, steps);
            ASSERT_TRUE(rate >= 0 && rate <= 0.3) << rate;
            const double m = momentum(training, step, steps);
            ASSERT_TRUE(m >= 0.85 - 1e-12 && m <= 0.9 + 1e-12) << m;
          }
}

TEST(Schedule, MomentumStaysWithoutACycle) {
  const TrainingSpec training = spec(Schedule::kCosine, 9);
  for (int step : {0, 20, 62}) EXPECT_EQ(momentum(training, step, 7), 0.9);
}

TEST(Schedule, AnAverageBeginsQuickly) {
  TrainingSpec training;
  training.weight_average = 0.99;
  EXPECT_DOUBLE_EQ(average_keep(training, 0), 0.1);
  EXPECT_DOUBLE_EQ(average_keep(training, 8), 0.5);
  EXPECT_DOUBLE_EQ(average_keep(training, 10000), 0.99);
}

}  // namespace
}  // namespace genretrack
