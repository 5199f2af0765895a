#include <spdlog/fmt/fmt.h>

#include "host/report/comparison_words.h"
#include "host/report/trends_report.h"

namespace genretrack {
namespace {

std::string p_value(double value) { return value < 0.001 ? "< 0.001" : fixed(value, value < 0.1 ? 3 : 2); }

std::string decade(double slope) { return points(10 * slope); }

void add_changes(const TrendAnalysis& analysis, const ChangeSearch& search, const std::string& method,
                 Table& table) {
  const std::vector<Period>& periods = analysis.shares.periods.periods;
  if (search.changes.empty()) table.rows.push_back({method, "none", "–", p_value(search.p)});
  for (const ChangePoint& change : search.changes)
    table.rows.push_back({method, periods[change.period].label,
                          periods[change.first].label +
                              (change.first == change.last ? "" : " to " + periods[change.last].label),
                          p_value(search.p)});
}

}  // namespace

Table shares_table(const TrendAnalysis& analysis) {
  Table table;
  table.header = {"share %", "songs"};
  for (const std::string& genre : analysis.shares.genres) table.header.push_back(genre);
  for (std::size_t i = 0; i < analysis.periods(); ++i) {
    const Period& period = analysis.shares.periods.periods[i];
    std::vector<std::string> row = {period.label, std::to_string(period.songs)};
    for (std::size_t genre = 0; genre < analysis.shares.genres.size(); ++genre)
      row.push_back(percent(analysis.shares.value(analysis.shares.primary(), i, genre)));
    table.rows.push_back(row);
  }
  return table;
}

Table trend_table(const TrendAnalysis& analysis) {
  Table table;
  table.header = {"genre",  "mean %",          "first %",
                  "last %", "points a decade", level_text(analysis.options.level) + " interval",
                  "p",      "p after BH"};
  if (analysis.shares.adjusted) table.header.insert(table.header.end(), {"plain", "EM"});
  table.header.insert(table.header.end(), {"Hamed-Rao p", "memory"});
  for (std::size_t i = 0; i < analysis.genres.size(); ++i) {
    const GenreTrend& genre = analysis.genres[i];
    std::vector<std::string> row = {analysis.shares.genres[i], percent(genre.mean), percent(genre.first),
                                    percent(genre.last)};
    if (genre.trend) {
      const TrendTest& test = *genre.trend;
      row.insert(row.end(),
                 {decade(test.slope), points_interval({10 * test.interval.low, 10 * test.interval.high}),
                  p_value(test.p), p_value(test.adjusted_p)});
      if (analysis.shares.adjusted)
        row.insert(row.end(), {decade(genre.plain_slope), decade(genre.em_slope)});
      row.insert(row.end(), {p_value(test.hamed_rao_p), fixed(test.autocorrelation, 2)});
    } else {
      row.resize(table.header.size(), "–");
    }
    table.rows.push_back(row);
  }
  return table;
}

Table cycle_table(const TrendAnalysis& analysis) {
  Table table;
  table.header = {"genre", "years", "points either way", "p", "p after BH"};
  for (std::size_t i = 0; i < analysis.genres.size(); ++i)
    if (const std::optional<CycleTest>& cycle = analysis.genres[i].cycle)
      table.rows.push_back({analysis.shares.genres[i], fixed(cycle->years, 1),
                            fixed(100 * cycle->amplitude, 1), p_value(cycle->p), p_value(cycle->adjusted_p)});
  return table;
}

Table change_table(const TrendAnalysis& analysis) {
  Table table;
  table.header = {"method", "change at", "above chance", "p of any"};
  if (!analysis.changes) return table;
  add_changes(analysis, analysis.changes->novelty, "novelty (Foote)", table);
  add_changes(analysis, analysis.changes->segments, "segments (PELT)", table);
  return table;
}

Table lead_table(const TrendAnalysis& analysis) {
  Table table;
  table.header = {"leads", "follows", "lag", "strength", "p over all"};
  for (const LeadLag& pair : analysis.lead_lag)
    table.rows.push_back({analysis.shares.genres[pair.leader], analysis.shares.genres[pair.follower],
                          std::to_string(pair.lag), fixed(pair.strength, 2), p_value(pair.p)});
  return table;
}

Table drift_table(const TrendAnalysis& analysis) {
  Table table;
  table.header = {"genre", "songs", "artists", "explained %", "p", "p after BH", "moves most"};
  for (std::size_t i = 0; i < analysis.drifts.size(); ++i) {
    const GenreDrift& drift = analysis.drifts[i];
    std::vector<std::string> row = {analysis.shares.genres[i], std::to_string(drift.songs),
                                    std::to_string(drift.units)};
    if (drift.direction) {
      const std::string towards = analysis.drift_by_embedding
                                      ? "dimension " + std::to_string(*drift.direction + 1)
                                      : (drift.correlation > 0 ? "towards " : "away from ") +
                                            analysis.shares.genres[*drift.direction];
      row.insert(row.end(), {percent(drift.explained), p_value(drift.p), p_value(drift.adjusted_p), towards});
    }
    row.resize(table.header.size(), "–");
    table.rows.push_back(row);
  }
  return table;
}

Table skill_table(const TrendAnalysis& analysis) {
  Table table;
  table.header = {"skill (adjusted p)"};
  for (const std::size_t horizon : analysis.backtest.horizons)
    table.header.push_back("ahead " + std::to_string(horizon));
  if (table.header.size() == 1) return table;
  const auto add_family = [&](const std::vector<Skill>& family, std::optional<std::size_t> genre) {
    for (std::size_t method = kReferences; method < kForecasters.size(); ++method) {
      std::vector<std::string> row = {std::string(name_of(kForecasters[method])) + ", " +
                                      (genre ? analysis.shares.genres[*genre] : "all genres")};
      bool shown = !genre;
      for (const Skill& skill : family) {
        if (skill.forecaster != kForecasters[method] || skill.genre != genre) continue;
        row.push_back(fmt::format("{:.2f} ({})", skill.skill, p_value(skill.adjusted_p)));
        shown = shown || skill.shown;
      }
      if (shown) table.rows.push_back(row);
    }
  };
  add_family(analysis.backtest.overall, std::nullopt);
  for (std::size_t genre = 0; genre < analysis.genres.size(); ++genre)
    add_family(analysis.backtest.by_genre, genre);
  std::vector<std::string> origins = {"forecasts"}, blocks = {"without overlap"};
  for (const std::size_t horizon : analysis.backtest.horizons)
    for (const Skill& skill : analysis.backtest.overall)
      if (skill.horizon == horizon && skill.forecaster == Forecaster::kDrift) {
        origins.push_back(std::to_string(skill.origins));
        blocks.push_back(std::to_string(skill.blocks));
      }
  table.rows.push_back(origins);
  table.rows.push_back(blocks);
  return table;
}

std::string trends_text(const TrendAnalysis& analysis) {
  std::string text;
  for (const std::string& sentence : trends_story(analysis)) text += sentence + "\n";
  for (const std::string& note : analysis.notes) text += "Note: " + note + "\n";
  for (const std::string& example : analysis.counts.examples) text += "Left out: " + example + "\n";
  const auto add = [&](const std::string& title, const Table& table) {
    if (!table.rows.empty()) text += "\n" + title + "\n\n" + table.text();
  };
  add("Trends", trend_table(analysis));
  add("Abrupt changes", change_table(analysis));
  add("Cycles", cycle_table(analysis));
  add("Movement between genres", lead_table(analysis));
  add("Drift of the genres themselves", drift_table(analysis));
  add("Forecasts against the reference", skill_table(analysis));
  add("Shares by period", shares_table(analysis));
  return text;
}

}  // namespace genretrack
