#include "host/trends/notes.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

namespace genretrack {
namespace {

constexpr double kLeastExplained = 0.01;  // of a genre's variance, below which a drift changes no share
constexpr std::size_t kFewSongs = 10, kFewArtists = 5;

std::string list_of(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i)
    text += (i == 0 ? "" : i + 1 == words.size() ? " and " : ", ") + words[i];
  return text;
}

std::string step_word(const Periods& periods) {
  const bool one = periods.width == 1;
  switch (periods.step) {
    case Step::kYear:
      return one ? "year" : std::to_string(periods.width) + " years";
    case Step::kQuarter:
      return one ? "quarter" : std::to_string(periods.width) + " quarters";
    case Step::kMonth:
      return one ? "month" : std::to_string(periods.width) + " months";
  }
  return {};
}

void note_periods(const TrendAnalysis& analysis, std::vector<std::string>& notes) {
  const Periods& periods = analysis.shares.periods;
  const Periods one{periods.step, 1, {}, {}};
  if (periods.width > 1)
    notes.push_back(fmt::format("A {} has too few songs too often, so a period is {}.", step_word(one),
                                step_word(periods)));
  std::vector<std::string> merged, few, few_artists;
  for (const Period& period : periods.periods) {
    if (period.merged) merged.push_back(period.label);
    if (period.songs < kFewSongs) few.push_back(period.label);
    if (period.artists < kFewArtists) few_artists.push_back(period.label);
  }
  if (merged.size() > 6) {
    notes.push_back(
        fmt::format("{} periods are wider than the others, because years around them have few songs; "
                    "forecasts take neighbouring periods to be one step apart.",
                    merged.size()));
  } else if (!merged.empty()) {
    notes.push_back("Wider than the others, because they have few songs: " + list_of(merged) +
                    "; forecasts take neighbouring periods to be one step apart.");
  }
  if (!few.empty())
    notes.push_back("Fewer than 10 songs, so that their bands are too narrow: " + list_of(few) + ".");
  if (few.empty() && !few_artists.empty() && analysis.counts.used > 0)
    notes.push_back("Fewer than 5 artists, so that their bands are too narrow: " + list_of(few_artists) +
                    ".");
}

void note_length(const TrendAnalysis& analysis, std::vector<std::string>& notes) {
  const std::size_t periods = analysis.periods();
  if (periods == 1)
    notes.push_back("All songs fall into one period: there are shares, but nothing can be said about time.");
  else if (periods < kLeastForTrend)
    notes.push_back(fmt::format(
        "{} periods are too few to test for a trend ({} are needed), let alone for anything else.", periods,
        kLeastForTrend));
  else if (periods < kLeastForLeadLag)
    notes.push_back(fmt::format("{} periods are too few for {}{}movement between genres, which needs {}.",
                                periods, periods < kLeastForChange ? "change points, " : "",
                                periods < kLeastForCycle ? "cycles and " : "", kLeastForLeadLag));
}

void note_genres(const TrendAnalysis& analysis, std::vector<std::string>& notes) {
  std::vector<std::string> never, coloured;
  for (std::size_t i = 0; i < analysis.genres.size(); ++i) {
    const std::string& name = analysis.shares.genres[i];
    if (!analysis.genres[i].predicted) never.push_back(name);
    if (analysis.genres[i].trend && analysis.genres[i].trend->whiteness_p < 0.01) coloured.push_back(name);
  }
  if (!never.empty())
    notes.push_back("Never the most probable genre of a song, and therefore not tested: " + list_of(never) +
                    ".");
  if (!coloured.empty())
    notes.push_back("Noise with a memory of one step does not describe " + list_of(coloured) +
                    " well (Ljung-Box p < 0.01); false alarms there may be more frequent than stated.");
}

void note_correction(const TrendAnalysis& analysis, std::vector<std::string>& notes) {
  if (analysis.shares.labelled == 0) {
    notes.push_back(
        "The shares are plain averages of probabilities, not corrected for the errors of the model: without "
        "clips of known genre that it did not train on (--labelled) they are drawn towards its mistakes, and "
        "changes look smaller than they are.");
  } else {
    notes.push_back(fmt::format(
        "Corrected shares assume that a genre sounds the same in every year and as in the {} labelled clips.",
        analysis.shares.labelled));
  }
  std::vector<std::string> drifting;
  for (std::size_t i = 0; i < analysis.drifts.size(); ++i)
    if (drifts(analysis.drifts[i], analysis.options.level)) drifting.push_back(analysis.shares.genres[i]);
  if (drifting.empty()) return;
  std::string text = "What is taken for " + list_of(drifting) + " changes with the years";
  if (!analysis.drift_by_truth)
    text +=
        ": either the genre itself does, or the mix of what is mistaken for it (without true genres the two "
        "cannot be told apart)";
  text += analysis.shares.labelled == 0
              ? "."
              : ". There the shaded range between the three estimates is the safer reading.";
  notes.push_back(text);
}

void note_horizons(const TrendAnalysis& analysis, std::vector<std::string>& notes) {
  std::vector<std::string> left_out;
  for (const std::size_t horizon : analysis.backtest.horizons_left_out)
    left_out.push_back(std::to_string(horizon));
  if (left_out.empty() || analysis.periods() < kLeastForTrend) return;
  notes.push_back("Too short a series to test forecasts of " + list_of(left_out) +
                  (left_out == std::vector<std::string>{"1"} ? " period." : " periods.") +
                  " Five forecasts are needed whose futures do not overlap.");
}

}  // namespace

bool drifts(const GenreDrift& drift, double level) {
  return drift.adjusted_p <= level && drift.explained >= kLeastExplained;
}

std::vector<std::string> trend_notes(const TrendAnalysis& analysis) {
  std::vector<std::string> notes;
  note_length(analysis, notes);
  note_periods(analysis, notes);
  note_genres(analysis, notes);
  note_correction(analysis, notes);
  note_horizons(analysis, notes);
  return notes;
}

}  // namespace genretrack
