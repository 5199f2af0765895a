#include "host/core/csv.h"
#include "host/report/trends_report.h"

namespace genretrack {
namespace {

using Row = std::vector<std::string>;

std::string text_of(const Row& header, const std::vector<Row>& rows) {
  std::string text = csv_line(header);
  for (const Row& row : rows) text += csv_line(row);
  return text;
}

std::string shares_csv(const TrendAnalysis& analysis) {
  std::vector<Row> rows;
  const auto add = [&](const std::string& name, const ShareSeries& series) {
    for (std::size_t i = 0; i < analysis.periods(); ++i)
      for (std::size_t genre = 0; genre < analysis.shares.genres.size(); ++genre) {
        const Period& period = analysis.shares.periods.periods[i];
        const std::size_t cell = i * analysis.shares.genres.size() + genre;
        rows.push_back({period.label, number_text(period.time), std::to_string(period.songs),
                        analysis.shares.genres[genre], name, number_text(series.values[cell]),
                        number_text(series.low[cell]), number_text(series.high[cell])});
      }
  };
  add("plain", analysis.shares.plain);
  if (analysis.shares.adjusted) add("adjusted", *analysis.shares.adjusted);
  if (analysis.shares.em) add("em", *analysis.shares.em);
  return text_of({"period", "time", "songs", "genre", "estimate", "share", "low", "high"}, rows);
}

std::string genres_csv(const TrendAnalysis& analysis) {
  std::vector<Row> rows;
  for (std::size_t i = 0; i < analysis.genres.size(); ++i) {
    const GenreTrend& genre = analysis.genres[i];
    const GenreDrift& drift = analysis.drifts[i];
    Row row = {analysis.shares.genres[i], number_text(genre.mean)};
    if (genre.trend)
      for (const double value :
           {genre.trend->slope, genre.trend->interval.low, genre.trend->interval.high, genre.trend->p,
            genre.trend->adjusted_p, genre.trend->hamed_rao_p, genre.trend->autocorrelation})
        row.push_back(number_text(value));
    row.resize(9);
    if (genre.cycle)
      for (const double value :
           {genre.cycle->years, genre.cycle->amplitude, genre.cycle->p, genre.cycle->adjusted_p})
        row.push_back(number_text(value));
    row.resize(13);
    row.push_back(std::to_string(drift.songs));
    if (drift.direction)
      for (const double value : {drift.explained, drift.p, drift.adjusted_p})
        row.push_back(number_text(value));
    row.resize(17);
    rows.push_back(row);
  }
  return text_of(
      {"genre", "mean_share", "slope_per_year", "slope_low", "slope_high", "trend_p", "trend_adjusted_p",
       "hamed_rao_p", "noise_autocorrelation", "cycle_years", "cycle_amplitude", "cycle_p",
       "cycle_adjusted_p", "songs_most_probable", "drift_explained", "drift_p", "drift_adjusted_p"},
      rows);
}

std::string periods_csv(const TrendAnalysis& analysis) {
  std::vector<Row> rows;
  for (std::size_t i = 0; i < analysis.periods(); ++i) {
    const Period& period = analysis.shares.periods.periods[i];
    rows.push_back({period.label, number_text(period.time), std::to_string(period.songs),
                    std::to_string(period.artists), number_text(period.effective_songs),
                    period.merged ? "1" : "0", number_text(analysis.diversity.shannon.values[i]),
                    number_text(analysis.diversity.simpson.values[i]),
                    analysis.changes ? number_text(analysis.changes->curve[i]) : ""});
  }
  return text_of(
      {"period", "time", "songs", "artists", "effective_songs", "merged", "shannon", "simpson", "novelty"},
      rows);
}

std::string changes_csv(const TrendAnalysis& analysis) {
  std::vector<Row> rows;
  const auto add = [&](const std::string& method, const ChangeSearch& search) {
    for (const ChangePoint& change : search.changes)
      rows.push_back({method, analysis.shares.periods.periods[change.period].label,
                      analysis.shares.periods.periods[change.first].label,
                      analysis.shares.periods.periods[change.last].label, number_text(search.p)});
  };
  if (analysis.changes) {
    add("novelty", analysis.changes->novelty);
    add("segments", analysis.changes->segments);
  }
  return text_of({"method", "period", "first", "last", "p"}, rows);
}

std::string leads_csv(const TrendAnalysis& analysis) {
  std::vector<Row> rows;
  for (const LeadLag& pair : analysis.lead_lag)
    rows.push_back({analysis.shares.genres[pair.leader], analysis.shares.genres[pair.follower],
                    std::to_string(pair.lag), number_text(pair.strength), number_text(pair.p)});
  return text_of({"leader", "follower", "lag", "strength", "p"}, rows);
}

std::string backtest_csv(const TrendAnalysis& analysis) {
  std::vector<Row> rows;
  for (const std::vector<Skill>* family : {&analysis.backtest.overall, &analysis.backtest.by_genre})
    for (const Skill& skill : *family)
      rows.push_back({skill.genre ? analysis.shares.genres[*skill.genre] : "",
                      std::string(name_of(skill.forecaster)), std::to_string(skill.horizon),
                      std::to_string(skill.origins), std::to_string(skill.blocks), number_text(skill.skill),
                      number_text(skill.p), number_text(skill.adjusted_p), skill.shown ? "1" : "0"});
  return text_of(
      {"genre", "method", "horizon", "forecasts", "without_overlap", "skill", "p", "adjusted_p", "shown"},
      rows);
}

std::string forecasts_csv(const TrendAnalysis& analysis) {
  std::vector<Row> rows;
  for (const ForecastPath& path : analysis.backtest.paths)
    for (std::size_t h = 0; h < path.values.size(); ++h)
      rows.push_back({analysis.shares.genres[path.genre], std::string(name_of(path.forecaster)),
                      std::to_string(h + 1), number_text(path.values[h]), number_text(path.intervals[h].low),
                      number_text(path.intervals[h].high)});
  return text_of({"genre", "method", "ahead", "share", "low", "high"}, rows);
}

}  // namespace

std::map<std::string, std::string> trends_csv(const TrendAnalysis& analysis) {
  return {{"shares.csv", shares_csv(analysis)},      {"genres.csv", genres_csv(analysis)},
          {"periods.csv", periods_csv(analysis)},    {"changes.csv", changes_csv(analysis)},
          {"lead_lag.csv", leads_csv(analysis)},     {"backtest.csv", backtest_csv(analysis)},
          {"forecasts.csv", forecasts_csv(analysis)}};
}

}  // namespace genretrack
