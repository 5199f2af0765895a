#include "host/train/targets.h"

#include <gtest/gtest.h>

namespace genretrack {
namespace {

// Three genres with 4, 1 and 1 training segments of 10 frames; the last clip is for validation.
FoldClips three_genres() {
  FoldClips clips;
  clips.genres = {"a", "b", "c"};
  clips.labels = {0, 0, 1, 2, 2};
  clips.usable = {20, 15, 10, 10, 90};
  clips.train = {0, 1, 2, 3};
  clips.validation = {4};
  return clips;
}

void expect_rows(const TrainingSpec& training, const std::vector<Crop>& crops,
                 const std::vector<double>& wanted) {
  const FoldClips clips = three_genres();
  Targets targets(training, clips, 10);
  for (int again = 0; again < 2; ++again) {  // nothing is left of the batch before
    const auto rows = targets.of(crops);
    ASSERT_EQ(rows.size(), wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) EXPECT_NEAR(rows[i], wanted[i], 1e-7) << i;
  }
}

TEST(Targets, AreOneForTheGenre) { expect_rows({}, {{0, 0}, {3, 0}}, {1, 0, 0, 0, 0, 1}); }

TEST(Targets, SmoothingSpreadsAShareEvenly) {
  TrainingSpec training;
  training.label_smoothing = 0.3;
  expect_rows(training, {{2, 0}}, {0.1, 0.8, 0.1});
}

TEST(Targets, BalancedWeightsCountSegmentsInversely) {
  TrainingSpec training;
  training.class_weights = ClassWeights::kBalanced;
  expect_rows(training, {{1, 0}, {2, 0}, {3, 0}}, {0.5, 0, 0, 0, 2, 0, 0, 0, 2});
  const FoldClips clips = three_genres();
  const Targets targets(training, clips, 10);
  EXPECT_NEAR((4 * targets.weights()[0] + targets.weights()[1] + targets.weights()[2]) / 6, 1, 1e-12);
}

TEST(Targets, MixedSegmentsMixThem) {
  Crop first = {0, 0}, second = {2, 0};
  first.partner = 1, first.keep = 0.75f;
  second.partner = 0, second.keep = 0.5f;
  expect_rows({}, {first, second}, {0.75, 0.25, 0, 0.5, 0.5, 0});
  TrainingSpec training;
  training.label_smoothing = 0.3;
  training.class_weights = ClassWeights::kBalanced;
  expect_rows(training, {first, second},
              {0.75 * 0.5 * 0.8 + 0.25 * 2 * 0.1, 0.75 * 0.5 * 0.1 + 0.25 * 2 * 0.8,
               0.75 * 0.5 * 0.1 + 0.25 * 2 * 0.1, 0.5 * 0.5 * 0.8 + 0.5 * 2 * 0.1,
               0.5 * 0.5 * 0.1 + 0.5 * 2 * 0.8, 0.5 * 0.5 * 0.1 + 0.5 * 2 * 0.1});
}

}  // namespace
}  // namespace genretrack
