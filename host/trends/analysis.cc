#include "host/trends/analysis.h"

#include <algorithm>
#include <cmath>

#include "host/core/run_on_threads.h"
#include "host/trends/notes.h"
#include "host/trends/rank_trend.h"

namespace genretrack {
namespace {

// Draws of the bootstrap, less the estimate, less what all periods of a draw have in common: the correction's
// own error moves all years alike and is no movement.
std::vector<Eigen::MatrixXd> deviations_of(const Shares& shares, bool roots) {
  const long periods = static_cast<long>(shares.periods.periods.size()),
             genres = static_cast<long>(shares.genres.size());
  using Rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  using FloatRows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const ShareSeries& series = shares.primary();
  Eigen::MatrixXd values = Eigen::Map<const Rows>(series.values.data(), periods, genres);
  if (roots) values = values.cwiseMax(0).cwiseSqrt();
  std::vector<Eigen::MatrixXd> found;
  for (std::size_t draw = 0; draw < shares.draws; ++draw) {
    Eigen::MatrixXd drawn =
        Eigen::Map<const FloatRows>(series.draws.data() + draw * series.values.size(), periods, genres)
            .cast<double>();
    if (roots) drawn = drawn.cwiseMax(0).cwiseSqrt();
    drawn -= values;
    if (periods > 2) drawn.rowwise() -= drawn.colwise().mean().eval();
    found.push_back(std::move(drawn));
  }
  return found;
}

Eigen::MatrixXd matrix_of(const Shares& shares, const ShareSeries& series) {
  using Rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  return Eigen::Map<const Rows>(series.values.data(), static_cast<long>(shares.periods.periods.size()),
                                static_cast<long>(shares.genres.size()));
}

std::vector<Series> series_of(const Shares& shares) {
  const Eigen::MatrixXd values = matrix_of(shares, shares.primary());
  Eigen::MatrixXd squares = Eigen::MatrixXd::Zero(values.rows(), values.cols());
  for (const Eigen::MatrixXd& deviation : deviations_of(shares, false)) squares += deviation.cwiseAbs2();
  if (shares.draws > 0) squares /= static_cast<double>(shares.draws);
  std::vector<Series> found(static_cast<std::size_t>(values.cols()));
  for (std::size_t genre = 0; genre < found.size(); ++genre)
    for (std::size_t i = 0; i < shares.periods.periods.size(); ++i) {
      found[genre].values.push_back(values(static_cast<long>(i), static_cast<long>(genre)));
      found[genre].errors.push_back(std::sqrt(squares(static_cast<long>(i), static_cast<long>(genre))));
      found[genre].times.push_back(shares.periods.periods[i].time);
      found[genre].gaps.push_back(shares.periods.periods[i].gap);
    }
  return found;
}

std::vector<double> column_of(const Shares& shares, const ShareSeries& series, std::size_t genre) {
  std::vector<double> values;
  for (std::size_t i = 0; i < shares.periods.periods.size(); ++i)
    values.push_back(shares.value(series, i, genre));
  return values;
}

double step_years(const Shares& shares) {
  return static_cast<double>(shares.periods.width) / steps_per_year(shares.periods.step);
}

GenreTrend analyse_genre(const Shares& shares, const Series& series, std::size_t genre,
                         const TrendOptions& options) {
  GenreTrend found;
  for (const double value : series.values) found.mean += value / static_cast<double>(series.size());
  found.first = series.values.front();
  found.last = series.values.back();
  found.predicted = shares.most_probable[genre] > 0;
  if (series.size() < kLeastForTrend || !found.predicted || !varies(series.values)) return found;
  found.trend = test_trend(series, options.level, options.surrogates, options.seed, 2 * genre);
  found.plain_slope = sen_slope(series.times, column_of(shares, shares.plain, genre));
  if (shares.em) found.em_slope = sen_slope(series.times, column_of(shares, *shares.em, genre));
  if (series.size() >= kLeastForCycle)
    found.cycle = test_cycle(series, step_years(shares), options.surrogates, options.seed, 2 * genre + 1);
  return found;
}

// Benjamini and Hochberg over the genres, for trends and cycles each.
void adjust(std::vector<GenreTrend>& genres) {
  std::vector<double> trends, cycles;
  for (const GenreTrend& genre : genres) {
    if (genre.trend) trends.push_back(genre.trend->p);
    if (genre.cycle) cycles.push_back(genre.cycle->p);
  }
  trends = benjamini_hochberg(trends);
  cycles = benjamini_hochberg(cycles);
  std::size_t trend = 0, cycle = 0;
  for (GenreTrend& genre : genres) {
    if (genre.trend) genre.trend->adjusted_p = trends[trend++];
    if (genre.cycle) genre.cycle->adjusted_p = cycles[cycle++];
  }
}

// Genres that are there at all; of the others nothing can be said together with these.
Eigen::MatrixXd predicted_columns(const Eigen::MatrixXd& all, const std::vector<std::size_t>& kept) {
  Eigen::MatrixXd chosen(all.rows(), static_cast<long>(kept.size()));
  for (std::size_t i = 0; i < kept.size(); ++i)
    chosen.col(static_cast<long>(i)) = all.col(static_cast<long>(kept[i]));
  return chosen;
}

void search_changes(TrendAnalysis& made, const std::vector<std::size_t>& kept) {
  const Shares& shares = made.shares;
  std::vector<double> times, songs;
  std::vector<int> gaps;
  for (const Period& period : shares.periods.periods) {
    times.push_back(period.time);
    gaps.push_back(period.gap);
    songs.push_back(period.effective_songs);
  }
  const Eigen::MatrixXd values = predicted_columns(matrix_of(shares, shares.primary()), kept);
  if (made.periods() >= kLeastForChange && varies(shares.primary().values)) {
    std::vector<Eigen::MatrixXd> deviations = deviations_of(shares, true);
    for (Eigen::MatrixXd& deviation : deviations) deviation = predicted_columns(deviation, kept);
    made.changes = test_changes(values.cwiseMax(0).cwiseSqrt(), deviations, times, gaps, made.options.level,
                                made.options.surrogates, made.options.seed);
  }
  if (made.periods() < kLeastForLeadLag || kept.size() < 2) return;
  made.lead_lag = test_lead_lag(smoothed_log_ratios(values, songs, 0.5), made.options.level);
  for (LeadLag& found : made.lead_lag) {
    found.leader = kept[found.leader];
    found.follower = kept[found.follower];
  }
}

}  // namespace

TrendAnalysis analyse_trends(const Collection& collection, const SongTable* labelled,
                             const Eigen::MatrixXf* embeddings, const TrendOptions& options) {
  TrendAnalysis made;
  made.counts = collection.counts;
  made.options = options;
  const SongTable& songs = collection.songs;
  made.shares = estimate_shares(songs, make_periods(songs, collection.step, options.least_songs), labelled,
                                {options.draws, options.level, options.seed, options.threads});
  const std::vector<Series> series = series_of(made.shares);
  made.genres.resize(series.size());
  run_on_threads(
      options.threads, series.size(), "nothing is kept; run it again", [] { return 0; },
      [&](int&, std::size_t genre) {
        made.genres[genre] = analyse_genre(made.shares, series[genre], genre, options);
      },
      [](int&) {});
  adjust(made.genres);
  std::vector<std::size_t> kept;
  for (std::size_t genre = 0; genre < made.genres.size(); ++genre)
    if (made.genres[genre].predicted) kept.push_back(genre);
  search_changes(made, kept);
  made.diversity = measure_diversity(songs, made.shares, labelled, 199, options.seed);
  if (made.periods() >= kLeastForTrend && varies(made.diversity.shannon.values))
    made.diversity_trend =
        test_trend(made.diversity.shannon, options.level, options.surrogates, options.seed, 5'000'000);
  std::vector<double> times;
  for (const Date& date : songs.dates)
    times.push_back(middle_year(step_index(date, collection.step), collection.step));
  made.drift_by_truth = !songs.truths.empty();
  made.drift_by_embedding = embeddings != nullptr;
  made.drifts =
      test_genre_drift(songs, times, embeddings != nullptr ? *embeddings : probability_profiles(songs),
                       embeddings == nullptr, options.surrogates, options.seed, options.threads);
  BacktestOptions backtest;
  backtest.level = options.level;
  backtest.seed = options.seed;
  backtest.threads = options.threads;
  made.backtest = run_backtest(matrix_of(made.shares, made.shares.primary()), backtest);
  made.notes = trend_notes(made);
  return made;
}

}  // namespace genretrack
