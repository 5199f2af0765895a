// Short simulations of the tests' promises; slow_simulation.cc has more designs. Bounds fail by chance less
// than once in a million.
#include <gtest/gtest.h>

#include <Eigen/Dense>

#include "host/trends/backtest.h"
#include "host/trends/change_points.h"
#include "host/trends/cycles.h"
#include "host/trends/genre_drift.h"
#include "host/trends/lead_lag.h"
#include "host/trends/red_noise.h"
#include "host/trends/segmentation.h"
#include "host/trends/trend_test.h"
#include "tests/trends/simulated_series.h"

namespace genretrack::testing {
namespace {

double rate_of_trends(const SeriesDesign& design, std::size_t experiments, double* covered) {
  double found = 0;
  for (std::size_t i = 0; i < experiments; ++i) {
    const TrendTest test = test_trend(simulate(design, i), 0.05, 99, i, 0);
    found += (test.p <= 0.05) / static_cast<double>(experiments);
    *covered += test.interval.contains(design.slope) / static_cast<double>(experiments);
    EXPECT_EQ(test.p <= 0.05, !test.interval.contains(0)) << "test and interval cannot disagree";
  }
  return found;
}

TEST(Trend, KeepsItsLevelInRedNoiseAndCoversTheSlope) {
  double covered = 0;
  EXPECT_LE(rate_of_trends({.length = 30, .autocorrelation = 0.6}, 100, &covered),
            0.05 + rate_error(0.05, 100));
  EXPECT_GE(covered, 0.95 - rate_error(0.05, 100));
}

TEST(Trend, FindsAPlantedTrend) {
  double covered = 0;
  EXPECT_GE(rate_of_trends({.length = 40, .slope = 0.1}, 60, &covered), 0.8);
  EXPECT_GE(covered, 0.95 - rate_error(0.05, 60));
}

// The restricted likelihood by dense matrices: log|V| + log|X'V^-1 X| + r'V^-1 r, without a filter.
TEST(RedNoise, WeighsNoiseByItsRestrictedLikelihood) {
  const Series series = simulate({.length = 25, .autocorrelation = 0.5, .slope = 0.1}, 3);
  const RedNoise noise(series, RedNoise::Mean::kLine);
  double weight_sum = 0, rho_sum = 0, tau_sum = 0, best = -1e300;
  std::vector<std::array<double, 3>> cells;
  const long n = static_cast<long>(series.size());
  double square = 0;
  for (const double value : without_line(series.times, series.values)) square += value * value / 25;
  for (double rho = -0.485; rho < 0.98; rho += 0.03)
    for (double tau = 0.05; tau < 5 * std::sqrt(square); tau += 0.1) {
      Eigen::MatrixXd covariance(n, n), terms(n, 2);
      Eigen::VectorXd values(n);
      for (long i = 0; i < n; ++i) {
        for (long j = 0; j < n; ++j)
          covariance(i, j) =
              tau * tau * std::pow(std::abs(rho), std::abs(i - j)) * (rho < 0 && (i - j) % 2 != 0 ? -1 : 1);
        covariance(i, i) += std::pow(series.errors[static_cast<std::size_t>(i)], 2);
        terms.row(i) << 1, series.times[static_cast<std::size_t>(i)] - 1970;
        values(i) = series.values[static_cast<std::size_t>(i)];
      }
      const Eigen::MatrixXd inverse = covariance.inverse(), inner = terms.transpose() * inverse * terms;
      const Eigen::VectorXd rest = values - terms * inner.inverse() * terms.transpose() * inverse * values;
      const double log_likelihood = -0.5 * (std::log(covariance.determinant()) +
                                            std::log(inner.determinant()) + rest.dot(inverse * rest));
      best = std::max(best, log_likelihood);
      cells.push_back({rho, tau, log_likelihood});
    }
  for (const auto& [rho, tau, log_likelihood] : cells) {
    const double weight = std::exp(log_likelihood - best);
    weight_sum += weight;
    rho_sum += weight * rho;
    tau_sum += weight * tau;
  }
  EXPECT_NEAR(noise.autocorrelation(), rho_sum / weight_sum, 0.05);
  EXPECT_NEAR(noise.deviation(), tau_sum / weight_sum, 0.05);
}

TEST(RedNoise, SurrogatesHaveTheMemoryAndTheSizeOfTheSeries) {
  const Series series = simulate({.length = 200, .autocorrelation = 0.7, .error = 0.1}, 1);
  const RedNoise noise(series, RedNoise::Mean::kConstant);
  Random random(1, Purpose::kSurrogate);
  double square = 0, product = 0;
  for (int draw = 0; draw < 200; ++draw) {
    const std::vector<double> surrogate = noise.draw(random);
    for (std::size_t i = 1; i < surrogate.size(); ++i) {
      square += surrogate[i] * surrogate[i];
      product += surrogate[i] * surrogate[i - 1];
    }
  }
  EXPECT_NEAR(product / square, 0.7, 0.12);
  EXPECT_NEAR(noise.autocorrelation(), 0.7, 0.12);
  EXPECT_GT(noise.whiteness_p(), 0.001);
}

TEST(Cycle, IsFoundWhereOneIsAndNotInRedNoise) {
  std::size_t alarms = 0, found = 0, right = 0;
  for (std::size_t i = 0; i < 60; ++i) {
    alarms += test_cycle(simulate({.length = 40, .autocorrelation = 0.6}, i), 1, 99, i, 0).p <= 0.05;
    const CycleTest test =
        test_cycle(simulate({.length = 50, .autocorrelation = 0.3, .amplitude = 2}, i), 1, 99, i, 0);
    found += test.p <= 0.05;
    right += std::abs(test.years - 8) < 1;
  }
  EXPECT_LE(static_cast<double>(alarms) / 60, 0.05 + rate_error(0.05, 60));
  EXPECT_GE(found, 45u);
  EXPECT_GE(right, 55u);
}

ChangeTests changes_of(double jump, std::uint64_t seed) {
  Random random(seed, Purpose::kNoise, 5);
  Eigen::MatrixXd rows(40, 4);
  std::vector<double> times;
  for (long i = 0; i < 40; ++i) times.push_back(1960.5 + static_cast<double>(i));
  for (long genre = 0; genre < 4; ++genre) {
    const std::vector<double> noise = red_noise(40, 0.4, 0.03, random);
    for (long i = 0; i < 40; ++i)
      rows(i, genre) =
          0.4 + noise[static_cast<std::size_t>(i)] + (i >= 22 ? (genre % 2 == 0 ? jump : -jump) : 0);
  }
  return test_changes(rows, {}, times, std::vector<int>(40, 1), 0.05, 99, seed);
}

TEST(Change, IsFoundWhereOneIsAndNotInRedNoise) {
  std::size_t alarms = 0, found = 0, placed = 0;
  for (std::uint64_t i = 0; i < 30; ++i) {
    const ChangeTests quiet = changes_of(0, i), jump = changes_of(0.15, i);
    alarms += quiet.novelty.p <= 0.05;
    EXPECT_EQ(quiet.segments.p <= 0.05, !quiet.segments.changes.empty());
    found += jump.novelty.p <= 0.05;
    for (const ChangePoint& change : jump.novelty.changes)
      placed += change.period >= 21 && change.period <= 23;
  }
  EXPECT_LE(static_cast<double>(alarms) / 30, 0.05 + rate_error(0.05, 30));
  EXPECT_GE(found, 22u);
  EXPECT_GE(placed, 20u);
}

// Foote's kernel one cell at a time, and the best segmentation by trying all.
TEST(Segmentation, MatchesPlainLoops) {
  Random random(2, Purpose::kNoise);
  Eigen::MatrixXd rows(11, 2);
  for (long i = 0; i < rows.size(); ++i) rows.data()[i] = standard_normal(random);
  const SegmentCost cost = segment_cost(rows);
  const auto plain_cost = [&](long begin, long end) {
    const Eigen::RowVectorXd mean = rows.middleRows(begin, end - begin).colwise().mean();
    return (rows.middleRows(begin, end - begin).rowwise() - mean).squaredNorm();
  };
  double critical = 0;
  for (unsigned mask = 1; mask < 1u << 10; ++mask) {
    double total = 0;
    long begin = 0, changes = 0;
    bool allowed = true;
    for (long at = 1; at <= 11; ++at)
      if (at == 11 || (mask >> (at - 1) & 1) != 0) {
        allowed = allowed && at - begin >= 3;
        total += plain_cost(begin, at);
        changes += at < 11;
        begin = at;
      }
    if (allowed) critical = std::max(critical, (plain_cost(0, 11) - total) / static_cast<double>(changes));
  }
  EXPECT_NEAR(critical_penalty(cost, 3), critical, 1e-10);
  EXPECT_TRUE(pelt(cost, critical * 1.0001, 3).empty());
  EXPECT_FALSE(pelt(cost, critical * 0.9999, 3).empty());
  const Eigen::MatrixXd distances = distances_between(rows);
  const std::vector<double> novelty = foote_novelty(distances, 3);
  double sum = 0, weights = 0;
  for (long i = -3; i < 3; ++i)
    for (long j = -3; j < 3; ++j) {
      const double x = (static_cast<double>(i) + 0.5) / 3, y = (static_cast<double>(j) + 0.5) / 3;
      const double weight = std::exp(-2 * (x * x + y * y));
      sum += ((i < 0) != (j < 0) ? 1 : -1) * weight * distances(5 + i, 5 + j);
      weights += weight / 4;
    }
  EXPECT_NEAR(novelty[5], sum / weights / 2, 1e-12);
  EXPECT_EQ(novelty[2], 0);
}

TEST(LeadLagTest, FindsWhoLeadsAndKeepsItsLevel) {
  std::size_t alarms = 0, right = 0;
  for (std::uint64_t i = 0; i < 60; ++i) {
    Random random(i, Purpose::kNoise, 6);
    Eigen::MatrixXd quiet(50, 4), leading(50, 4);
    const std::vector<double> leader = red_noise(52, 0.5, 1, random);
    for (long genre = 0; genre < 4; ++genre) {
      const std::vector<double> noise = red_noise(50, 0.5, 1, random);
      for (long t = 0; t < 50; ++t) quiet(t, genre) = leading(t, genre) = noise[static_cast<std::size_t>(t)];
    }
    for (std::size_t t = 0; t < 50; ++t) {
      leading(static_cast<long>(t), 0) = leader[t + 2];
      leading(static_cast<long>(t), 1) = leader[t] + 0.2 * leading(static_cast<long>(t), 1);
    }
    alarms += test_lead_lag(quiet, 0.05).front().p <= 0.05;
    const LeadLag best = test_lead_lag(leading, 0.05).front();
    right += best.p <= 0.05 && best.leader == 0 && best.follower == 1 && best.lag == 2;
  }
  EXPECT_LE(static_cast<double>(alarms) / 60, 0.05 + rate_error(0.05, 60));
  EXPECT_GE(right, 45u);
}

Backtest backtest_of(const std::string& kind, std::size_t length, std::uint64_t seed) {
  Random random(seed, Purpose::kNoise, 7);
  Eigen::MatrixXd shares(static_cast<long>(length), 3);
  for (long genre = 0; genre < 3; ++genre) {
    const std::vector<double> noise = red_noise(length, 0, 0.02, random);
    for (std::size_t i = 0; i < length; ++i) {
      const double time = static_cast<double>(i);
      shares(static_cast<long>(i), genre) =
          0.3 + noise[i] + (kind == "line" ? 0.004 * time : 0) +
          (kind == "cycle" ? 0.05 * std::sin(0.9 * time + static_cast<double>(genre)) : 0);
    }
  }
  return run_backtest(shares, {.seed = seed});
}

TEST(Backtest, SaysThatNoiseIsNotPredictable) {
  std::size_t alarms = 0;
  for (std::uint64_t i = 0; i < 8; ++i) alarms += backtest_of("noise", 40, i).any_skill();
  EXPECT_LE(alarms, 4u);  // five or more of eight at 5 %: less than once in 50,000
}

TEST(Backtest, FindsWhatIsPredictableAndItsIntervalsHold) {
  const Backtest line = backtest_of("line", 60, 1), cycle = backtest_of("cycle", 60, 1);
  ASSERT_TRUE(line.any_skill());
  ASSERT_TRUE(cycle.any_skill());
  EXPECT_TRUE(std::any_of(cycle.overall.begin(), cycle.overall.end(), [](const Skill& skill) {
    return skill.shown && skill.forecaster == Forecaster::kHarmonic;
  }));
  for (const ForecastPath& path : cycle.paths) {
    ASSERT_TRUE(path.coverage);
    EXPECT_GT(*path.coverage, 0.6);
    EXPECT_EQ(path.values.size(), path.intervals.size());
  }
}

TEST(Backtest, ReportsAHorizonFromFiveForecastsWithoutOverlapOn) {
  EXPECT_EQ(backtest_of("noise", 60, 1).horizons, (std::vector<std::size_t>{1, 3, 5, 10}));
  EXPECT_EQ(backtest_of("noise", 59, 1).horizons, (std::vector<std::size_t>{1, 3, 5}));
  EXPECT_EQ(backtest_of("noise", 12, 1).horizons_left_out, (std::vector<std::size_t>{1, 3, 5, 10}));
  EXPECT_EQ(backtest_of("noise", 9, 1).horizons_left_out, (std::vector<std::size_t>{1, 3, 5, 10}));
}

TEST(GenreDriftTest, FindsAGenreThatChangesAndLeavesTheOthers) {
  const std::vector<std::string> genres = {"a", "b", "c"};
  std::size_t alarms = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    Collection made = simulate_collection(
        genres, 1960, 1999, 15, [](int) { return std::vector<double>(3, 1.0 / 3); }, {}, seed);
    std::vector<double> times;
    Eigen::MatrixXf features(static_cast<long>(made.songs.songs()), 3);
    Random random(seed, Purpose::kNoise, 9);
    for (std::size_t song = 0; song < made.songs.songs(); ++song) {
      times.push_back(made.songs.dates[song].year);
      made.songs.truths.push_back(static_cast<std::int32_t>(song % 3));
      for (long d = 0; d < 3; ++d)
        features(static_cast<long>(song), d) = static_cast<float>(
            standard_normal(random) + (song % 3 == 1 && d == 2 ? 0.05 * (times.back() - 1980) : 0));
    }
    const std::vector<GenreDrift> drifts = test_genre_drift(made.songs, times, features, true, 99, seed, 1);
    EXPECT_LE(drifts[1].p, 0.02);
    EXPECT_EQ(drifts[1].direction, 2u);
    EXPECT_GT(drifts[1].correlation, 0);
    alarms += drifts[0].p <= 0.05;
    alarms += drifts[2].p <= 0.05;
  }
  EXPECT_LE(alarms, 7u);  // eight or more of twenty at 5 %: less than once in 100,000
}

}  // namespace
}  // namespace genretrack::testing
