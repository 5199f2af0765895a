#include "host/analysis/ratio_figures.h"

#include <gtest/gtest.h>

#include "host/analysis/run_figures.h"
#include "host/analysis/uncertainty.h"
#include "host/core/random.h"
#include "tests/golden/statistics.h"

namespace genretrack {
namespace {

ArtistGroups numbered(std::size_t count) {
  ArtistGroups groups;
  groups.count = count;
  return groups;
}

TEST(RatioFigure, BootstrapTMatchesNumpy) {
  const std::size_t count = std::size(golden::kBootSums);
  RatioFigure figure(numbered(count), 1);
  for (std::size_t group = 0; group < count; ++group)
    figure.add(group, 0, golden::kBootSums[group], golden::kBootSizes[group]);
  const Interval interval = *figure.bootstrap_t_interval(0.05, ArtistDraws(count, 1, 40'000));
  // Quantiles of 40,000 draws: known to about a hundredth of the interval's width.
  EXPECT_NEAR(interval.low, golden::kBootstrapT[0], 0.008);
  EXPECT_NEAR(interval.high, golden::kBootstrapT[1], 0.008);
}

TEST(RatioFigure, ShareIntervalIsThatOfAnAccuracy) {
  Random random(3, Purpose::kSplit);
  std::vector<double> hits;
  std::vector<std::string> artists;
  for (int clip = 0; clip < 200; ++clip) {
    hits.push_back(random.uniform() < 0.8 ? 1 : 0);
    artists.push_back(std::to_string(random.below(25)));
  }
  const ArtistGroups groups = artist_groups(artists);
  RatioFigure figure(groups, 1);
  for (std::size_t clip = 0; clip < hits.size(); ++clip) figure.add(groups.of_clip[clip], 0, hits[clip], 1);
  const Interval expected = accuracy_interval(hits, group_by_artist(hits, artists), 0.05);
  const Interval interval = *figure.share_interval(200, 0.05);
  EXPECT_NEAR(interval.low, expected.low, 1e-12);
  EXPECT_NEAR(interval.high, expected.high, 1e-12);
}

// A mean of two ratios moves with each of them, as the derivative by an artist's weight says.
TEST(RatioFigure, VarianceIsThatOfTheDerivatives) {
  const std::size_t count = 8;
  Random random(5, Purpose::kSplit);
  std::vector<double> sums(4 * count);
  for (double& sum : sums) sum = 1 + random.uniform();
  const auto value = [&](std::size_t heavier, double weight) {
    double totals[4] = {};
    for (std::size_t group = 0; group < count; ++group)
      for (std::size_t i = 0; i < 4; ++i) totals[i] += (group == heavier ? weight : 1) * sums[4 * group + i];
    return (totals[0] / totals[1] + totals[2] / totals[3]) / 2;
  };
  RatioFigure figure(numbered(count), 2);
  double variance = 0;
  for (std::size_t group = 0; group < count; ++group) {
    figure.add(group, 0, sums[4 * group], sums[4 * group + 1]);
    figure.add(group, 1, sums[4 * group + 2], sums[4 * group + 3]);
    const double derivative = (value(group, 1 + 1e-5) - value(group, 1 - 1e-5)) / 2e-5;
    variance += derivative * derivative * count / (count - 1);
  }
  EXPECT_NEAR(figure.estimate()->value, value(0, 1), 1e-12);
  EXPECT_NEAR(figure.estimate()->variance, variance, 1e-8 * variance);
}

TEST(RatioFigure, IsNothingWithoutClips) {
  const RatioFigure figure(numbered(4), 1);
  EXPECT_FALSE(figure.estimate());
  EXPECT_FALSE(figure.share_interval(0, 0.05));
  EXPECT_FALSE(figure.bootstrap_t_interval(0.05, ArtistDraws(4, 1)));
}

TEST(RunFigures, EveryIntervalHoldsItsFigure) {
  Predictions predictions;
  predictions.genres = {"a", "b", "c", "d"};
  for (std::size_t clip = 0; clip < golden::kClips; ++clip) {
    predictions.clips.push_back(std::to_string(100 + clip));
    predictions.truth.push_back(golden::kTruth[clip]);
    predictions.artists.push_back(std::to_string(clip % 17));
  }
  predictions.probabilities.assign(std::begin(golden::kProbabilities), std::end(golden::kProbabilities));
  const Metrics metrics = compute_metrics(predictions);
  const RunFigures figures = figure_intervals(predictions, 0.05, usual_draws(predictions));
  EXPECT_TRUE(figures.accuracy->contains(metrics.accuracy));
  EXPECT_TRUE(figures.balanced_accuracy->contains(metrics.balanced_accuracy));
  EXPECT_TRUE(figures.macro_f1->contains(metrics.macro_f1));
  EXPECT_TRUE(figures.log_loss->contains(metrics.log_loss));
  EXPECT_TRUE(figures.brier->contains(metrics.brier));
  for (std::size_t genre = 0; genre < 3; ++genre) {
    EXPECT_TRUE(figures.recall[genre]->contains(metrics.genres[genre].recall)) << genre;
    EXPECT_TRUE(figures.precision[genre]->contains(metrics.genres[genre].precision)) << genre;
  }
  EXPECT_FALSE(figures.precision[3]) << "never predicted";
}

}  // namespace
}  // namespace genretrack
