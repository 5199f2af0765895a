// The promises of a run's intervals and of the figures over repetitions, for the designs that
// docs/evaluation.md names.
#include <gtest/gtest.h>

#include <cstdio>
#include <map>

#include "host/analysis/reliability.h"
#include "host/analysis/repeated_runs.h"
#include "host/analysis/run_figures.h"
#include "tests/analysis/simulated_predictions.h"
#include "tests/analysis/simulation.h"

namespace genretrack::testing {
namespace {

constexpr std::size_t kExperiments = 1000, kBins = 8;

using Figures = std::map<std::string, double>;

Figures figures_of(const Predictions& predictions) {
  const Metrics metrics = compute_metrics(predictions);
  return {{"accuracy", metrics.accuracy},
          {"balanced accuracy", metrics.balanced_accuracy},
          {"macro F1", metrics.macro_f1},
          {"recall", metrics.genres[1].recall},
          {"precision", metrics.genres[1].precision},
          {"log loss", metrics.log_loss},
          {"Brier", metrics.brier},
          {"calibration", reliability(predictions, kBins, 0.05, usual_draws(predictions)).error}};
}

std::map<std::string, Interval> intervals_of(const Predictions& predictions) {
  const RunFigures figures = figure_intervals(predictions, 0.05, usual_draws(predictions));
  return {{"accuracy", *figures.accuracy},
          {"balanced accuracy", *figures.balanced_accuracy},
          {"macro F1", *figures.macro_f1},
          {"recall", *figures.recall[1]},
          {"precision", *figures.precision[1]},
          {"log loss", *figures.log_loss},
          {"Brier", *figures.brier},
          {"calibration", *reliability(predictions, kBins, 0.05, usual_draws(predictions)).interval}};
}

TEST(SlowFigures, IntervalsCoverAsDocumented) {
  // The truth: the same figures over 40,000 artists.
  PredictionsDesign many;
  many.clips_per_artist = uneven_artists(40'000, 7);
  const Figures truth = figures_of(simulate_predictions(many, 1));
  struct Design {
    std::size_t artists, mean_clips;
    Figures documented;
  };
  const std::vector<Design> designs = {{12,
                                        7,
                                        {{"accuracy", 0.955},
                                         {"balanced accuracy", 0.903},
                                         {"macro F1", 0.921},
                                         {"recall", 1},
                                         {"precision", 0.999},
                                         {"log loss", 0.935},
                                         {"Brier", 0.94},
                                         {"calibration", 0.947}}},
                                       {20,
                                        7,
                                        {{"accuracy", 0.955},
                                         {"balanced accuracy", 0.924},
                                         {"macro F1", 0.938},
                                         {"recall", 0.974},
                                         {"precision", 0.999},
                                         {"log loss", 0.944},
                                         {"Brier", 0.955},
                                         {"calibration", 0.931}}},
                                       {40,
                                        7,
                                        {{"accuracy", 0.948},
                                         {"balanced accuracy", 0.936},
                                         {"macro F1", 0.942},
                                         {"recall", 0.96},
                                         {"precision", 0.999},
                                         {"log loss", 0.956},
                                         {"Brier", 0.957},
                                         {"calibration", 0.919}}},
                                       {100,
                                        3,
                                        {{"accuracy", 0.961},
                                         {"balanced accuracy", 0.957},
                                         {"macro F1", 0.959},
                                         {"recall", 0.962},
                                         {"precision", 0.998},
                                         {"log loss", 0.954},
                                         {"Brier", 0.952},
                                         {"calibration", 0.946}}}};
  for (const Design& design : designs) {
    PredictionsDesign few;
    few.clips_per_artist = uneven_artists(design.artists, design.mean_clips);
    Figures covered;
    for (std::size_t experiment = 0; experiment < kExperiments; ++experiment)
      for (const auto& [name, interval] : intervals_of(simulate_predictions(few, 100 + experiment)))
        covered[name] += interval.contains(truth.at(name)) / static_cast<double>(kExperiments);
    for (const auto& [name, share] : covered) {
      std::printf("%zu artists, %s: covered %.3f\n", design.artists, name.c_str(), share);
      EXPECT_GE(share, least_rate(design.documented.at(name), kExperiments)) << design.artists << " " << name;
    }
  }
}

// Differences of fold-repeats as Nadeau and Bengio take them: their correlation is the share of test clips.
TEST(SlowFigures, CorrectedTKeepsItsLevel) {
  for (const double share : {0.1, 0.25}) {
    std::size_t rejected = 0, rejected_plain = 0, covered = 0;
    constexpr std::size_t kRuns = 4000;
    for (std::uint64_t run = 0; run < kRuns; ++run) {
      Random random(run, Purpose::kBootstrap, 8);
      const double shared = std::sqrt(share) * simulated_normal(random);
      std::vector<double> differences;
      for (int fold = 0; fold < 10; ++fold)
        differences.push_back(shared + std::sqrt(1 - share) * simulated_normal(random));
      const CorrectedT test = *corrected_resampled_t(differences, share, 1 - share, 0.05);
      rejected += test.p <= 0.05;
      covered += test.interval.contains(0);
      rejected_plain += !seed_spread(differences, 0.05).interval->contains(0);
    }
    std::printf("corrected t, test share %.2f: rejected %.3f, without the correction %.3f\n", share,
                static_cast<double>(rejected) / kRuns, static_cast<double>(rejected_plain) / kRuns);
    EXPECT_NEAR(static_cast<double>(rejected) / kRuns, 0.05, simulation_error(kRuns));
    EXPECT_EQ(rejected + covered, kRuns);
    EXPECT_GT(static_cast<double>(rejected_plain) / kRuns, 0.10);
  }
}

TEST(SlowFigures, ChanceToWinCovers) {
  for (const double lead : {0.0, 1.0, 2.5}) {
    const double truth = boost::math::cdf(boost::math::normal_distribution<double>(), lead / std::sqrt(2.0));
    std::size_t covered = 0;
    for (std::uint64_t run = 0; run < kExperiments; ++run) {
      Random random(run, Purpose::kBootstrap, 9);
      std::vector<double> first, second;
      for (int seed = 0; seed < 10; ++seed) {
        first.push_back(lead + simulated_normal(random));
        second.push_back(simulated_normal(random));
      }
      covered += chance_to_win(first, second, 0.05)->interval.contains(truth);
    }
    EXPECT_GE(static_cast<double>(covered) / kExperiments, least_rate(0.95, kExperiments)) << lead;
    std::printf("chance to win, truth %.3f: covered %.3f\n", truth,
                static_cast<double>(covered) / kExperiments);
  }
}

}  // namespace
}  // namespace genretrack::testing
