#include <spdlog/fmt/fmt.h>

#include "host/report/comparison_words.h"
#include "host/report/page.h"
#include "host/report/trends_charts.h"
#include "host/report/trends_report.h"

namespace genretrack {
namespace {

std::string genre_description(const TrendAnalysis& analysis, std::size_t genre) {
  const GenreTrend& found = analysis.genres[genre];
  std::string text = fmt::format("Share of {} over time: {} % in the first period, {} % in the last.",
                                 analysis.shares.genres[genre], percent(found.first), percent(found.last));
  for (const ForecastPath& path : analysis.backtest.paths)
    if (path.genre == genre)
      text += fmt::format(" Forecast ({}): {} % after {}.", name_of(path.forecaster),
                          percent(path.values.back()), count_text(path.values.size(), "period", "periods"));
  return text;
}

std::string legend_text(const TrendAnalysis& analysis) {
  std::string text = "Line and band: the share and its interval.";
  if (analysis.shares.adjusted)
    text =
        "Blue with its band: adjusted shares, which are analysed. Orange: by EM. Green, dotted: plain "
        "averages.";
  if (analysis.backtest.any_skill())
    text +=
        " Red, dashed: forecasts by methods that showed skill, with intervals (80 %) as wide as the errors "
        "that such "
        "forecasts made.";
  return text;
}

void add_table(Page& page, const Table& table, const std::string& caption) {
  if (!table.rows.empty()) page.table(table, caption);
}

void add_changes(Page& page, const TrendAnalysis& analysis) {
  if (analysis.changes) {
    page.heading("When did the mixture change?");
    page.chart(novelty_chart(analysis),
               "Novelty of the mixture at each period, as a multiple of what chance reaches. " +
                   std::to_string(analysis.changes->novelty.changes.size()) +
                   " peaks above chance; vertical lines are " +
                   std::to_string(analysis.changes->segments.changes.size()) + " changes found by segments.");
    page.table(change_table(analysis), "Abrupt changes; above the dashed line novelty is more than chance");
  }
  if (analysis.periods() > 1) {
    page.heading("Diversity");
    page.chart(diversity_chart(analysis), "Effective number of genres over time, with its interval.");
  }
}

void add_skill(Page& page, const TrendAnalysis& analysis) {
  if (analysis.periods() < 2) return;
  page.heading("Is it predictable?");
  page.paragraph(predictability_sentence(analysis));
  add_table(page, skill_table(analysis),
            "Skill: the part of the reference's squared error that a method saves, by periods ahead; genres "
            "where one showed skill");
  Table table;
  table.header = {"forecast", "method", "periods ahead", "share %", "80 % interval", "held in the past %"};
  for (const ForecastPath& path : analysis.backtest.paths)
    table.rows.push_back({analysis.shares.genres[path.genre], std::string(name_of(path.forecaster)),
                          std::to_string(path.values.size()), percent(path.values.back()),
                          percent_interval(path.intervals.back()),
                          path.coverage ? percent(*path.coverage) : "–"});
  add_table(page, table, "Forecasts from the last period, by methods that showed skill");
}

}  // namespace

std::string trends_page(const TrendAnalysis& analysis, const std::string& title) {
  Page page(title);
  const std::vector<std::string> story = trends_story(analysis);
  for (std::size_t i = 0; i < story.size(); ++i) i == 0 ? page.paragraph(story[i]) : page.verdict(story[i]);
  for (const std::string& note : analysis.notes) page.note(note);
  page.contents();
  page.heading("Shares over time");
  page.chart(stacked_shares_chart(analysis), "Shares of all genres over time, one upon the other.");
  page.paragraph(legend_text(analysis));
  page.begin_row(3);
  for (std::size_t genre = 0; genre < analysis.genres.size(); ++genre)
    page.chart(genre_chart(analysis, genre), genre_description(analysis, genre));
  page.end_row();
  page.heading("Trends");
  page.sortable_table(trend_table(analysis),
                      "Sen's slope in points of share a decade; BH: Benjamini-Hochberg over genres");
  add_changes(page, analysis);
  if (const Table cycles = cycle_table(analysis); !cycles.rows.empty()) {
    page.heading("Cycles");
    page.sortable_table(cycles, "The period that stands out most in each genre");
  }
  if (!analysis.lead_lag.empty()) {
    page.heading("Movement between genres");
    page.table(lead_table(analysis),
               "Genres that move before others; the strongest pair is shown whatever its p");
  }
  add_skill(page, analysis);
  page.heading("Do the genres themselves change?");
  page.sortable_table(drift_table(analysis), "What songs of a genre look like, against time");
  page.heading("Shares by period");
  page.table(shares_table(analysis),
             analysis.shares.adjusted ? "Adjusted shares in percent" : "Plain shares in percent");
  page.heading("Method");
  for (const std::string& note : trends_methods(analysis)) page.paragraph(note);
  return page.html();
}

}  // namespace genretrack
