#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>

#include "host/report/comparison_words.h"
#include "host/report/trends_report.h"
#include "host/trends/notes.h"

namespace genretrack {
namespace {

std::string list_of(const std::vector<std::string>& words, const char* last = " and ") {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i)
    text += (i == 0 ? "" : i + 1 == words.size() ? last : ", ") + words[i];
  return text;
}

std::string counted_sentence(const TrendAnalysis& analysis) {
  const RowCounts& counts = analysis.counts;
  const Periods& periods = analysis.shares.periods;
  std::string text = fmt::format("{} from {} to {}, in {}.", count_text(counts.used, "song", "songs"),
                                 step_label(periods.periods.front().first, periods.step),
                                 step_label(periods.periods.back().last, periods.step),
                                 count_text(analysis.periods(), "period", "periods"));
  if (analysis.shares.seeds > 1)
    text = fmt::format("{} rows of {} seeds. ", counts.used, analysis.shares.seeds) + text;
  std::vector<std::string> reasons;
  const auto reason = [&](std::size_t count, const std::string& words) {
    if (count > 0) reasons.push_back(std::to_string(count) + " " + words);
  };
  reason(counts.without_date, "without a year");
  reason(counts.unreadable_date, "with a date that cannot be read");
  reason(counts.in_future, "in the future");
  reason(counts.too_coarse, "of which only the year is known");
  reason(counts.without_weight, "without a weight above 0");
  reason(counts.unusable, "that cannot be read or have no probabilities");
  reason(counts.trained_on, "that the model was trained on");
  if (!reasons.empty()) text += " Left out: " + list_of(reasons) + ".";
  return text;
}

std::string moved(const TrendAnalysis& analysis, std::size_t genre) {
  const GenreTrend& found = analysis.genres[genre];
  return fmt::format("{} ({} points a decade, {} interval {}; {} % in {}, {} % in {})",
                     analysis.shares.genres[genre], points(10 * found.trend->slope),
                     level_text(analysis.options.level),
                     points_interval({10 * found.trend->interval.low, 10 * found.trend->interval.high}),
                     percent(found.first), analysis.shares.periods.periods.front().label, percent(found.last),
                     analysis.shares.periods.periods.back().label);
}

void tell_trends(const TrendAnalysis& analysis, std::vector<std::string>& story) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < analysis.genres.size(); ++i)
    if (analysis.genres[i].trend) order.push_back(i);
  if (order.empty()) return;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::abs(analysis.genres[a].trend->slope) > std::abs(analysis.genres[b].trend->slope);
  });
  std::vector<std::string> rising, falling, still;
  for (const std::size_t i : order) {
    const TrendTest& test = *analysis.genres[i].trend;
    if (test.adjusted_p > analysis.options.level)
      still.push_back(analysis.shares.genres[i]);
    else
      (test.slope > 0 ? rising : falling).push_back(moved(analysis, i));
  }
  if (!rising.empty()) story.push_back("Rising: " + list_of(rising) + ".");
  if (!falling.empty()) story.push_back("Falling: " + list_of(falling) + ".");
  if (!still.empty())
    story.push_back((rising.empty() && falling.empty() ? "No genre is shown to rise or fall: "
                                                       : "Not shown to rise or fall: ") +
                    list_of(still) + ".");
}

std::string when(const TrendAnalysis& analysis, const ChangePoint& change) {
  return analysis.shares.periods.periods[change.period].label;
}

void tell_changes(const TrendAnalysis& analysis, std::vector<std::string>& story) {
  if (!analysis.changes) return;
  const auto tell = [&](const ChangeSearch& search, const std::string& method) {
    std::vector<std::string> times;
    for (const ChangePoint& change : search.changes) times.push_back(when(analysis, change));
    return fmt::format("{} ({}, {})", list_of(times), method, p_text(search.p));
  };
  const ChangeSearch &novelty = analysis.changes->novelty, &segments = analysis.changes->segments;
  std::vector<std::string> found;
  if (!novelty.changes.empty()) found.push_back(tell(novelty, "novelty"));
  if (!segments.changes.empty()) found.push_back(tell(segments, "segments"));
  if (found.empty())
    story.push_back(
        fmt::format("No abrupt change of the mixture is shown beyond steady trends and noise (novelty {}, "
                    "segments {}).",
                    p_text(novelty.p), p_text(segments.p)));
  else
    story.push_back("The mixture changed abruptly at " + list_of(found, "; ") + ".");
}

void tell_cycles(const TrendAnalysis& analysis, std::vector<std::string>& story) {
  std::vector<std::string> found;
  bool tested = false;
  for (std::size_t i = 0; i < analysis.genres.size(); ++i) {
    const std::optional<CycleTest>& cycle = analysis.genres[i].cycle;
    tested = tested || cycle;
    if (cycle && cycle->adjusted_p <= analysis.options.level)
      found.push_back(fmt::format("{} every {} years (by {} points either way, adjusted {})",
                                  analysis.shares.genres[i], fixed(cycle->years, 1),
                                  fixed(100 * cycle->amplitude, 1), p_text(cycle->adjusted_p)));
  }
  if (!found.empty())
    story.push_back("Shares swing in cycles: " + list_of(found) + ".");
  else if (tested)
    story.push_back("No cycle is shown in any genre.");
}

void tell_leads(const TrendAnalysis& analysis, std::vector<std::string>& story) {
  if (analysis.lead_lag.empty()) return;
  std::vector<std::string> found;
  for (const LeadLag& pair : analysis.lead_lag)
    if (pair.p <= analysis.options.level)
      found.push_back(fmt::format("{} before {} by {} ({})", analysis.shares.genres[pair.leader],
                                  analysis.shares.genres[pair.follower],
                                  count_text(pair.lag, "period", "periods"), p_text(pair.p)));
  if (found.empty())
    story.push_back(fmt::format("No genre is shown to move before another ({} of the strongest pair).",
                                p_text(analysis.lead_lag.front().p)));
  else
    story.push_back("Genres that move before others: " + list_of(found) + ".");
}

void tell_diversity(const TrendAnalysis& analysis, std::vector<std::string>& story) {
  if (!analysis.diversity_trend) return;
  const TrendTest& test = *analysis.diversity_trend;
  const std::vector<double>& values = analysis.diversity.shannon.values;
  const std::string from_to =
      fmt::format("{} effective genres in {}, {} in {}", fixed(values.front(), 2),
                  analysis.shares.periods.periods.front().label, fixed(values.back(), 2),
                  analysis.shares.periods.periods.back().label);
  if (test.p > analysis.options.level)
    story.push_back(fmt::format("Diversity is not shown to change: {} ({}).", from_to, p_text(test.p)));
  else
    story.push_back(fmt::format("Diversity {}: {} ({} a decade, {}).", test.slope > 0 ? "rises" : "falls",
                                from_to, fmt::format("{:+.2f}", 10 * test.slope), p_text(test.p)));
}

std::string periods_text(const std::vector<std::size_t>& horizons) {
  std::vector<std::string> words;
  for (const std::size_t horizon : horizons) words.push_back(std::to_string(horizon));
  return list_of(words) + (horizons == std::vector<std::size_t>{1} ? " period" : " periods");
}

std::string shown_text(const TrendAnalysis& analysis, const Skill& skill) {
  const std::string whose =
      skill.genre ? "for " + analysis.shares.genres[*skill.genre] : "for all genres together";
  return fmt::format("{} {} at {} (squared errors {} % smaller, adjusted {})", name_of(skill.forecaster),
                     whose, count_text(skill.horizon, "period", "periods"), fixed(100 * skill.skill, 0),
                     p_text(skill.adjusted_p));
}

}  // namespace

std::string predictability_sentence(const TrendAnalysis& analysis) {
  const Backtest& test = analysis.backtest;
  if (test.horizons.empty())
    return "Whether the movement is predictable cannot be tested: the series is too short.";
  std::vector<std::string> shown;
  for (const std::vector<Skill>* family : {&test.overall, &test.by_genre})
    for (const Skill& skill : *family)
      if (skill.shown) shown.push_back(shown_text(analysis, skill));
  if (shown.empty())
    return fmt::format(
        "The movement is not shown to be predictable: for {} ahead, no forecast beat the reference, "
        "which knows the last values and their level and nothing of movement.",
        periods_text(test.horizons));
  const std::size_t count = shown.size();
  if (count > 4) shown.resize(4);
  return "The movement is predictable in part. Forecasts that beat the reference: " + list_of(shown) +
         (count > 4 ? fmt::format(", and {} more in the tables.", count - 4) : ".");
}

std::vector<std::string> trends_story(const TrendAnalysis& analysis) {
  std::vector<std::string> story = {counted_sentence(analysis)};
  tell_trends(analysis, story);
  tell_changes(analysis, story);
  tell_cycles(analysis, story);
  tell_leads(analysis, story);
  tell_diversity(analysis, story);
  if (analysis.periods() > 1) story.push_back(predictability_sentence(analysis));
  return story;
}

std::vector<std::string> trends_methods(const TrendAnalysis& analysis) {
  const TrendOptions& options = analysis.options;
  std::vector<std::string> notes;
  notes.push_back(fmt::format(
      "Shares are averages of the songs' probabilities{}. Bands are {} percentile intervals of {} bootstrap "
      "draws of "
      "artists within periods{}{}.",
      analysis.shares.adjusted ? ", corrected twice: adjusted (least squares on the simplex with the mean "
                                 "probabilities of labelled clips of "
                                 "each genre), which is what is analysed, and EM (Saerens and others 2002) "
                                 "on calibrated probabilities"
                               : "",
      level_text(options.level), options.draws, analysis.shares.labelled > 0 ? ", labelled clips" : "",
      analysis.shares.seeds > 1 ? " and seeds" : ""));
  notes.push_back(
      fmt::format("Trend: Sen's slope against {} surrogates of red noise with the sampling error of every "
                  "period; Benjamini-Hochberg "
                  "over genres. Hamed and Rao's test stands beside it and gives too many false alarms in "
                  "short series. Cycles: the "
                  "highest power over periods against the same surrogates.",
                  options.surrogates));
  notes.push_back(
      "Changes: Foote's novelty of the distances between periods (Hellinger), the largest over periods and "
      "scales, and "
      "PELT, both against smooth curves with red noise that keeps the correlations between genres. "
      "Movement: correlation of "
      "changes of log-ratios at a lag less that at the reverse lag, against circular shifts, the maximum "
      "over pairs and lags.");
  notes.push_back(
      fmt::format("Diversity: exp(entropy) of as many songs ({}) of every period. Drift: squared correlation "
                  "with time of what songs of a "
                  "genre {}, against permuted times of artists.",
                  analysis.diversity.songs,
                  analysis.drift_by_embedding ? "sound like to the model (its embedding)"
                                              : "look like (log-ratios of their probabilities)"));
  notes.push_back(
      "Forecasts are made as if at every period from the tenth on. The reference is the last value or an "
      "exponentially "
      "smoothed level, whichever erred less before. Sign-flip test over blocks as long as the horizon, Holm "
      "over methods and "
      "horizons, and over genres. Intervals of forecasts (80 %) have the size of the errors that such "
      "forecasts made.");
  return notes;
}

}  // namespace genretrack
