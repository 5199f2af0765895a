// The error rates that docs/trends.md states, at many designs.
#include <gtest/gtest.h>

#include <cstdio>

#include "host/trends/backtest.h"
#include "host/trends/change_points.h"
#include "host/trends/cycles.h"
#include "host/trends/lead_lag.h"
#include "host/trends/rank_trend.h"
#include "host/trends/trend_test.h"
#include "tests/trends/simulated_series.h"

namespace genretrack::testing {
namespace {

constexpr std::size_t kExperiments = 500, kSurrogates = 199;

TEST(SlowSimulation, TrendRates) {
  std::printf("length rho  slope  alarms  Hamed-Rao  covered\n");
  for (const std::size_t length : {20u, 40u, 60u})
    for (const double rho : {0.0, 0.3, 0.6, 0.8})
      for (const double total : {0.0, 3.0}) {  // over the whole series, in deviations of the noise
        SeriesDesign design;
        design.length = length;
        design.autocorrelation = rho;
        design.slope = total / static_cast<double>(length);
        std::size_t alarms = 0, hamed_rao = 0, covered = 0;
        for (std::size_t i = 0; i < kExperiments; ++i) {
          const TrendTest test = test_trend(simulate(design, i), 0.05, kSurrogates, i, 0);
          alarms += test.p <= 0.05;
          hamed_rao += test.hamed_rao_p <= 0.05;
          covered += test.interval.contains(design.slope);
        }
        const double n = kExperiments;
        std::printf("%6zu %.1f %6.1f %7.3f %10.3f %8.3f\n", length, rho, total, alarms / n, hamed_rao / n,
                    covered / n);
        if (total == 0) {
          EXPECT_LE(alarms / n, 0.05 + rate_error(0.05, kExperiments));
        }
        if (total > 0 && rho < 0.5 && length >= 40) {
          EXPECT_GE(alarms / n, 0.5);
        }
        EXPECT_GE(covered / n, 0.95 - rate_error(0.05, kExperiments));
      }
}

TEST(SlowSimulation, CycleRates) {
  std::printf("length rho  amplitude  found\n");
  for (const std::size_t length : {30u, 60u})
    for (const double rho : {0.0, 0.5, 0.8})
      for (const double amplitude : {0.0, 1.0, 2.0}) {
        SeriesDesign design;
        design.length = length;
        design.autocorrelation = rho;
        design.amplitude = amplitude;
        std::size_t found = 0;
        for (std::size_t i = 0; i < kExperiments; ++i)
          found += test_cycle(simulate(design, i), 1, kSurrogates, i, 0).p <= 0.05;
        std::printf("%6zu %.1f %10.1f %6.3f\n", length, rho, amplitude,
                    static_cast<double>(found) / kExperiments);
        const double rate = static_cast<double>(found) / kExperiments;
        if (amplitude == 0) {
          EXPECT_LE(rate, 0.05 + rate_error(0.05, kExperiments));
        }
        if (amplitude == 2 && length == 60) {
          EXPECT_GE(rate, 0.9);
        }
      }
}

Eigen::MatrixXd simulate_rows(std::size_t length, std::size_t genres, double rho, double slope, double jump,
                              Random& random) {
  Eigen::MatrixXd rows(static_cast<long>(length), static_cast<long>(genres));
  for (long genre = 0; genre < rows.cols(); ++genre) {
    const std::vector<double> noise = red_noise(length, rho, 0.03, random);
    const double sign = genre % 2 == 0 ? 1 : -1;
    for (long i = 0; i < rows.rows(); ++i)
      rows(i, genre) = 0.4 + noise[static_cast<std::size_t>(i)] +
                       sign * slope * static_cast<double>(i) / rows.rows() +
                       (i >= rows.rows() / 2 ? sign * jump : 0);
  }
  return rows;
}

TEST(SlowSimulation, ChangeRates) {
  std::printf("length rho  slope jump  novelty  pelt\n");
  constexpr std::size_t kRuns = 200;
  for (const std::size_t length : {30u, 60u})
    for (const double rho : {0.0, 0.4, 0.7})
      for (const auto& [slope, jump] : {std::pair{0.0, 0.0}, {0.2, 0.0}, {0.0, 0.06}, {0.0, 0.1}}) {
        std::size_t novelty = 0, segments = 0;
        for (std::size_t i = 0; i < kRuns; ++i) {
          Random random(i, Purpose::kNoise, 5);
          const Eigen::MatrixXd rows = simulate_rows(length, 5, rho, slope, jump, random);
          std::vector<double> times;
          for (std::size_t t = 0; t < length; ++t) times.push_back(1960.5 + static_cast<double>(t));
          const ChangeTests tests =
              test_changes(rows, {}, times, std::vector<int>(length, 1), 0.05, kSurrogates, i);
          novelty += tests.novelty.p <= 0.05;
          segments += tests.segments.p <= 0.05;
        }
        std::printf("%6zu %.1f %5.1f %5.2f %8.3f %6.3f\n", length, rho, slope, jump, novelty / double(kRuns),
                    segments / double(kRuns));
        if (jump == 0) {
          EXPECT_LE(novelty / double(kRuns), 0.05 + rate_error(0.05, kRuns));
          EXPECT_LE(segments / double(kRuns), 0.05 + rate_error(0.05, kRuns));
        }
        if (jump == 0.1 && rho == 0) {
          EXPECT_GE(novelty / double(kRuns), 0.6);
        }
      }
}

// Log-ratios of shares of songs that were drawn anew each year, around red noise; the first genre leads the
// second by two years where `lead` is above 0.
Eigen::MatrixXd simulate_log_ratios(std::size_t length, double rho, double deviation, double lead,
                                    std::size_t songs, Random& random) {
  constexpr std::size_t kGenres = 6;
  std::vector<std::vector<double>> logs;
  for (std::size_t genre = 0; genre < kGenres; ++genre)
    logs.push_back(red_noise(length + 2, rho, deviation, random));
  if (lead > 0)
    for (std::size_t i = 2; i < length + 2; ++i) logs[1][i] = (1 - lead) * logs[1][i] + lead * logs[0][i - 2];
  Eigen::MatrixXd shares(static_cast<long>(length), static_cast<long>(kGenres));
  for (std::size_t i = 0; i < length; ++i) {
    std::vector<double> truth;
    double sum = 0;
    for (std::size_t genre = 0; genre < kGenres; ++genre) sum += std::exp(logs[genre][i + 2]);
    for (std::size_t genre = 0; genre < kGenres; ++genre) truth.push_back(std::exp(logs[genre][i + 2]) / sum);
    shares.row(static_cast<long>(i)).setZero();
    for (std::size_t song = 0; song < songs; ++song)
      shares(static_cast<long>(i), static_cast<long>(draw_genre(truth, random))) +=
          1.0 / static_cast<double>(songs);
  }
  return smoothed_log_ratios(shares, std::vector<double>(length, static_cast<double>(songs)), 0.5);
}

TEST(SlowSimulation, LeadLagRates) {
  std::printf("length rho  deviation lead songs  found  right\n");
  for (const std::size_t length : {30u, 60u})
    for (const double rho : {0.0, 0.7})
      for (const auto& [deviation, lead] : {std::pair{0.0, 0.0}, {0.3, 0.0}, {0.3, 0.9}})
        for (const std::size_t songs : {100u, 1000u}) {
          std::size_t found = 0, right = 0;
          for (std::size_t i = 0; i < kExperiments; ++i) {
            Random random(i, Purpose::kNoise, 6);
            const std::vector<LeadLag> result =
                test_lead_lag(simulate_log_ratios(length, rho, deviation, lead, songs, random), 0.05);
            found += result.front().p <= 0.05;
            right += result.front().p <= 0.05 && result.front().leader == 0 && result.front().follower == 1 &&
                     result.front().lag == 2;
          }
          std::printf("%6zu %.1f %9.1f %5.1f %5zu %6.3f %6.3f\n", length, rho, deviation, lead, songs,
                      found / double(kExperiments), right / double(kExperiments));
          if (lead == 0) {
            EXPECT_LE(found / double(kExperiments), 0.05 + rate_error(0.05, kExperiments));
          }
        }
}

TEST(SlowSimulation, BacktestRates) {
  std::printf("kind        length  overall  any genre\n");
  constexpr std::size_t kRuns = 60, kGenres = 4;
  for (const std::string name : {"white", "red 0.6", "walk", "line", "cycle"})
    for (const std::size_t length : {30u, 60u}) {
      std::size_t overall = 0, single = 0;
      for (std::size_t run = 0; run < kRuns; ++run) {
        Random random(run, Purpose::kNoise, 7);
        Eigen::MatrixXd shares(static_cast<long>(length), static_cast<long>(kGenres));
        for (std::size_t genre = 0; genre < kGenres; ++genre) {
          std::vector<double> values = red_noise(length, name == "red 0.6" ? 0.6 : 0, 0.02, random);
          double sum = 0;
          for (std::size_t i = 0; i < length; ++i) {
            if (name == "walk") values[i] = sum += 0.5 * values[i];
            if (name == "line") values[i] += (genre % 2 == 0 ? 0.004 : -0.004) * static_cast<double>(i);
            if (name == "cycle")
              values[i] += 0.04 * std::sin(static_cast<double>(i) * 0.9 + static_cast<double>(genre));
            shares(static_cast<long>(i), static_cast<long>(genre)) = 0.25 + values[i];
          }
        }
        BacktestOptions options;
        options.seed = run;
        const Backtest test = run_backtest(shares, options);
        bool any = false, any_genre = false;
        for (const Skill& skill : test.overall) any = any || skill.shown;
        for (const Skill& skill : test.by_genre) any_genre = any_genre || skill.shown;
        overall += any;
        single += any_genre;
      }
      std::printf("%-10s %6zu %8.2f %10.2f\n", name.c_str(), length, overall / double(kRuns),
                  single / double(kRuns));
      if (name == "white" || name == "walk") {
        EXPECT_LE(overall / double(kRuns), 0.025 + rate_error(0.025, kRuns));
        EXPECT_LE(single / double(kRuns), 0.025 + rate_error(0.025, kRuns));
      }
      if (name == "cycle" && length == 60) {
        EXPECT_GE(overall / double(kRuns), 0.8);
      }
    }
}

}  // namespace
}  // namespace genretrack::testing
