#include "host/analysis/metrics.h"

#include <gtest/gtest.h>

#include <cmath>

#include "host/core/error.h"
#include "tests/golden/statistics.h"

namespace genretrack {
namespace {

Predictions golden_predictions() {
  Predictions predictions;
  predictions.genres = {"a", "b", "c", "d"};
  for (std::size_t clip = 0; clip < golden::kClips; ++clip) {
    predictions.clips.push_back(std::to_string(1000 + clip));
    predictions.truth.push_back(golden::kTruth[clip]);
    predictions.artists.emplace_back();
  }
  predictions.probabilities.assign(std::begin(golden::kProbabilities), std::end(golden::kProbabilities));
  return predictions;
}

Predictions two_clips(std::vector<double> probabilities) {
  return {{"a", "b", "c"}, {"1", "2"}, {0, 1}, {"", ""}, std::move(probabilities)};
}

TEST(Metrics, MatchScikitLearn) {
  const Metrics metrics = compute_metrics(golden_predictions());
  EXPECT_EQ(metrics.clips, golden::kClips);
  EXPECT_NEAR(metrics.accuracy, golden::kAccuracy, 1e-14);
  EXPECT_NEAR(metrics.macro_f1, golden::kMacroF1, 1e-14);
  EXPECT_NEAR(metrics.log_loss, golden::kLogLoss, 1e-12);
  EXPECT_NEAR(metrics.balanced_accuracy, golden::kBalancedAccuracy, 1e-12);
  EXPECT_NEAR(metrics.brier, golden::kBrier, 1e-12);
  for (std::size_t genre = 0; genre < golden::kGenres; ++genre) {
    EXPECT_NEAR(metrics.genres[genre].recall, golden::kRecall[genre], 1e-14) << genre;
    EXPECT_NEAR(metrics.genres[genre].precision, golden::kPrecision[genre], 1e-14) << genre;
    EXPECT_NEAR(metrics.genres[genre].f1, golden::kF1[genre], 1e-14) << genre;
  }
  EXPECT_EQ(metrics.confusion,
            std::vector<std::size_t>(std::begin(golden::kConfusion), std::end(golden::kConfusion)));
}

TEST(Metrics, ClampTheLogLossOfASurelyWrongClip) {
  const std::vector<double> losses = log_losses(two_clips({0, 1, 0, 0, 1, 0}));
  EXPECT_DOUBLE_EQ(losses[0], -std::log(1e-12));
  EXPECT_DOUBLE_EQ(losses[1], 0);
}

TEST(Metrics, TakeTheFirstOfEquallyProbableGenres) {
  const Predictions predictions = two_clips({0.4, 0.4, 0.2, 0.2, 0.4, 0.4});
  EXPECT_EQ(predicted_genre(predictions, 0), 0u);
  EXPECT_EQ(predicted_genre(predictions, 1), 1u);
}

TEST(Metrics, LeaveAGenreWithoutClipsAndPredictionsOutOfMacroF1) {
  const Metrics metrics = compute_metrics(two_clips({0.8, 0.1, 0.1, 0.1, 0.8, 0.1}));
  EXPECT_DOUBLE_EQ(metrics.macro_f1, 1);
  EXPECT_EQ(metrics.genres[2].clips, 0u);
  EXPECT_DOUBLE_EQ(metrics.genres[2].f1, 0);
}

TEST(Metrics, RefuseAnEmptyPart) { EXPECT_THROW(compute_metrics(Predictions{{"a"}, {}, {}, {}, {}}), Error); }

}  // namespace
}  // namespace genretrack
