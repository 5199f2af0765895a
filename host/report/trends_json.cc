
#include "host/report/trends_report.h"

namespace genretrack {
namespace {

using nlohmann::ordered_json;

ordered_json counts_json(const RowCounts& counts) {
  return {{"rows", counts.rows},
          {"used", counts.used},
          {"left_out",
           {{"without_year", counts.without_date},
            {"unreadable_date", counts.unreadable_date},
            {"in_future", counts.in_future},
            {"only_year_known", counts.too_coarse},
            {"without_weight", counts.without_weight},
            {"unreadable", counts.unusable},
            {"trained_on", counts.trained_on}}},
          {"examples", counts.examples}};
}

ordered_json periods_json(const TrendAnalysis& analysis) {
  ordered_json periods = ordered_json::array();
  for (const Period& period : analysis.shares.periods.periods)
    periods.push_back({{"period", period.label},
                       {"time", period.time},
                       {"songs", period.songs},
                       {"artists", period.artists},
                       {"effective_songs", period.effective_songs},
                       {"merged", period.merged}});
  return periods;
}

ordered_json estimate_json(const TrendAnalysis& analysis, const ShareSeries& series, std::size_t genre) {
  ordered_json share = ordered_json::array(), low = share, high = share;
  for (std::size_t i = 0; i < analysis.periods(); ++i) {
    const std::size_t cell = i * analysis.shares.genres.size() + genre;
    share.push_back(series.values[cell]);
    low.push_back(series.low[cell]);
    high.push_back(series.high[cell]);
  }
  return {{"share", share}, {"low", low}, {"high", high}};
}

ordered_json trend_json(const TrendTest& test) {
  return {{"slope_per_year", test.slope},
          {"low", test.interval.low},
          {"high", test.interval.high},
          {"p", test.p},
          {"adjusted_p", test.adjusted_p},
          {"hamed_rao_p", test.hamed_rao_p},
          {"noise_autocorrelation", test.autocorrelation},
          {"noise_deviation", test.deviation},
          {"ljung_box_p", test.whiteness_p}};
}

ordered_json drift_json(const TrendAnalysis& analysis, const GenreDrift& drift) {
  ordered_json made = {{"songs", drift.songs}, {"artists", drift.units}};
  if (!drift.direction) return made;
  made.update({{"explained", drift.explained}, {"p", drift.p}, {"adjusted_p", drift.adjusted_p}});
  if (analysis.drift_by_embedding)
    made["moves_most"] = *drift.direction;
  else
    made["moves_most"] = analysis.shares.genres[*drift.direction];
  made["correlation"] = drift.correlation;
  return made;
}

ordered_json genre_json(const TrendAnalysis& analysis, std::size_t i) {
  const GenreTrend& genre = analysis.genres[i];
  ordered_json made = {{"genre", analysis.shares.genres[i]},
                       {"predicted", genre.predicted},
                       {"songs_most_probable", analysis.shares.most_probable[i]},
                       {"mean_share", genre.mean},
                       {"plain", estimate_json(analysis, analysis.shares.plain, i)}};
  if (analysis.shares.adjusted) made["adjusted"] = estimate_json(analysis, *analysis.shares.adjusted, i);
  if (analysis.shares.em) made["em"] = estimate_json(analysis, *analysis.shares.em, i);
  if (genre.trend) {
    made["trend"] = trend_json(*genre.trend);
    made["trend"]["plain_slope_per_year"] = genre.plain_slope;
    if (analysis.shares.em) made["trend"]["em_slope_per_year"] = genre.em_slope;
  }
  if (genre.cycle)
    made["cycle"] = {{"years", genre.cycle->years},
                     {"amplitude", genre.cycle->amplitude},
                     {"p", genre.cycle->p},
                     {"adjusted_p", genre.cycle->adjusted_p}};
  made["drift"] = drift_json(analysis, analysis.drifts[i]);
  return made;
}

ordered_json search_json(const TrendAnalysis& analysis, const ChangeSearch& search) {
  ordered_json changes = ordered_json::array();
  const std::vector<Period>& periods = analysis.shares.periods.periods;
  for (const ChangePoint& change : search.changes)
    changes.push_back({{"period", periods[change.period].label},
                       {"first", periods[change.first].label},
                       {"last", periods[change.last].label}});
  return {{"p", search.p}, {"changes", changes}};
}

ordered_json skills_json(const TrendAnalysis& analysis, const std::vector<Skill>& family) {
  ordered_json made = ordered_json::array();
  for (const Skill& skill : family) {
    ordered_json row = {{"method", name_of(skill.forecaster)}, {"horizon", skill.horizon}};
    if (skill.genre) row["genre"] = analysis.shares.genres[*skill.genre];
    row.update({{"forecasts", skill.origins},
                {"without_overlap", skill.blocks},
                {"skill", skill.skill},
                {"p", skill.p},
                {"adjusted_p", skill.adjusted_p},
                {"shown", skill.shown}});
    made.push_back(row);
  }
  return made;
}

ordered_json backtest_json(const TrendAnalysis& analysis) {
  const Backtest& test = analysis.backtest;
  ordered_json paths = ordered_json::array();
  for (const ForecastPath& path : test.paths) {
    ordered_json steps = ordered_json::array();
    for (std::size_t h = 0; h < path.values.size(); ++h)
      steps.push_back({{"ahead", h + 1},
                       {"share", path.values[h]},
                       {"low", path.intervals[h].low},
                       {"high", path.intervals[h].high}});
    ordered_json row = {{"genre", analysis.shares.genres[path.genre]},
                        {"method", name_of(path.forecaster)},
                        {"steps", steps}};
    if (path.coverage) row["coverage_in_the_past"] = *path.coverage;
    paths.push_back(row);
  }
  return {
      {"answer", predictability_sentence(analysis)},      {"horizons", test.horizons},
      {"horizons_left_out", test.horizons_left_out},      {"all_genres", skills_json(analysis, test.overall)},
      {"by_genre", skills_json(analysis, test.by_genre)}, {"forecasts", paths}};
}

}  // namespace

ordered_json trends_json(const TrendAnalysis& analysis) {
  ordered_json made = {{"songs", counts_json(analysis.counts)},
                       {"story", trends_story(analysis)},
                       {"notes", analysis.notes},
                       {"options",
                        {{"least_songs", analysis.options.least_songs},
                         {"draws", analysis.options.draws},
                         {"surrogates", analysis.options.surrogates},
                         {"level", analysis.options.level},
                         {"seed", analysis.options.seed}}},
                       {"labelled_clips", analysis.shares.labelled},
                       {"seeds", analysis.shares.seeds},
                       {"analysed", analysis.shares.adjusted ? "adjusted" : "plain"},
                       {"periods", periods_json(analysis)}};
  ordered_json genres = ordered_json::array();
  for (std::size_t i = 0; i < analysis.genres.size(); ++i) genres.push_back(genre_json(analysis, i));
  made["genres"] = genres;
  if (analysis.changes)
    made["changes"] = {{"novelty", search_json(analysis, analysis.changes->novelty)},
                       {"segments", search_json(analysis, analysis.changes->segments)},
                       {"novelty_curve", analysis.changes->curve}};
  ordered_json leads = ordered_json::array();
  for (const LeadLag& pair : analysis.lead_lag)
    leads.push_back({{"leader", analysis.shares.genres[pair.leader]},
                     {"follower", analysis.shares.genres[pair.follower]},
                     {"lag", pair.lag},
                     {"strength", pair.strength},
                     {"p", pair.p}});
  made["lead_lag"] = leads;
  made["diversity"] = {{"songs_per_period", analysis.diversity.songs},
                       {"shannon", analysis.diversity.shannon.values},
                       {"shannon_error", analysis.diversity.shannon.errors},
                       {"simpson", analysis.diversity.simpson.values},
                       {"simpson_error", analysis.diversity.simpson.errors}};
  if (analysis.diversity_trend) made["diversity"]["trend"] = trend_json(*analysis.diversity_trend);
  made["backtest"] = backtest_json(analysis);
  return made;
}

}  // namespace genretrack
