// Everything that is asked of a collection, in one go.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/trends/backtest.h"
#include "host/trends/change_points.h"
#include "host/trends/cycles.h"
#include "host/trends/diversity.h"
#include "host/trends/genre_drift.h"
#include "host/trends/lead_lag.h"
#include "host/trends/shares.h"
#include "host/trends/trend_test.h"

namespace genretrack {

struct TrendOptions {
  double least_songs = 20;       // effective songs in a period
  std::size_t draws = 499;       // of the bootstrap
  std::size_t surrogates = 999;  // of every null distribution
  double level = 0.05;
  std::uint64_t seed = 1;
  int threads = 1;
};

// What a series of so many periods is too short for is absent.
inline constexpr std::size_t kLeastForTrend = 6, kLeastForCycle = 12, kLeastForChange = 10;

struct GenreTrend {
  double mean = 0, first = 0, last = 0;  // shares: over periods, of the first and the last
  bool predicted = false;                // the most probable genre of one song at least
  std::optional<TrendTest> trend;        // absent, too, where the share does not vary
  std::optional<CycleTest> cycle;
  double plain_slope = 0, em_slope = 0;  // Sen's, of the other estimates; 0 where there are none
};

struct TrendAnalysis {
  RowCounts counts;
  TrendOptions options;
  Shares shares;
  std::vector<GenreTrend> genres;
  std::optional<ChangeTests> changes;
  std::vector<LeadLag> lead_lag;  // empty where there are too few periods or genres
  Diversity diversity;
  std::optional<TrendTest> diversity_trend;  // of the Shannon number
  std::vector<GenreDrift> drifts;
  bool drift_by_truth = false, drift_by_embedding = false;
  Backtest backtest;
  std::vector<std::string> notes;  // assumptions that do not hold, and what could not be done

  std::size_t periods() const { return shares.periods.periods.size(); }
  double year_of(std::size_t period) const { return shares.periods.periods[period].time; }
};

// `labelled`: clips of known genre that the model did not train on, for the correction; may be null.
// `embeddings` (songs, dimensions), for the drift of genres; without them it looks at the probabilities.
TrendAnalysis analyse_trends(const Collection& collection, const SongTable* labelled,
                             const Eigen::MatrixXf* embeddings, const TrendOptions& options);

}  // namespace genretrack
