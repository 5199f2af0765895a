#include "host/core/utf8.h"
#include "host/report/comparison_report.h"
#include "host/report/comparison_tables.h"
#include "host/report/comparison_words.h"

namespace genretrack {
namespace {

std::string about_the_split(const Comparison& comparison) {
  return "split: " + comparison.split + "; " + count_text(comparison.clips, "test clip", "test clips") +
         ", " +
         (comparison.artists == 0
              ? "artists unknown"
              : count_text(comparison.artists + comparison.unknown_artists, "artist", "artists"));
}

std::string markdown_table(const Table& table, const std::string& caption) {
  const auto line = [](const std::vector<std::string>& cells) {
    std::string text = "|";
    for (const std::string& cell : cells) text += " " + markdown_text(cell) + " |";
    return text + "\n";
  };
  std::string text = "\n**" + markdown_text(caption) + "**\n\n" + line(table.header) + "|";
  for (std::size_t column = 0; column < table.header.size(); ++column)
    text += column == 0 ? " :--- |" : " ---: |";
  text += "\n";
  for (const auto& row : table.rows) text += line(row);
  return text;
}

}  // namespace

std::string comparison_text(const Comparison& comparison) {
  std::string text;
  for (const Candidate& candidate : comparison.candidates) {
    if (!comparison.is_detailed(candidate.run)) continue;
    text += one_line(verdict_sentence(comparison, candidate)) + "\n  " +
            one_line(verdict_details(comparison, candidate)) + "\n\n";
  }
  text += one_line(about_the_split(comparison)) + "\n";
  for (const Table& table : {metrics_table(comparison), seeds_table(comparison), sources_table(comparison),
                             calibration_table(comparison), recall_spread_table(comparison)})
    if (!table.rows.empty()) text += "\n" + table.text();
  if (!comparison.candidates.empty()) text += "\n" + pairs_table(comparison).text();
  if (comparison.runs.size() > comparison.detailed.size() && !comparison.candidates.empty())
    text += "\n" + verdicts_table(comparison).text();
  for (const BranchStudy& study : comparison.branches)
    text += "\n" + one_line("branches of " + comparison.runs[study.run].label) + "\n" +
            branches_table(comparison, study).text();
  for (const std::string& note : comparison.notes) text += "\nnote: " + one_line(note);
  if (!comparison.notes.empty()) text += "\n";
  return text;
}

std::string markdown_text(const std::string& plain) {
  std::string text;
  for (const char c : one_line(plain)) {
    if (c == '<') {
      text += "&lt;";
      continue;
    }
    if (std::string_view("\\`*_[]|#>~$").find(c) != std::string_view::npos) text += '\\';
    text += c;
  }
  return text;
}

std::string comparison_markdown(const Comparison& comparison) {
  std::string text;
  for (const Candidate& candidate : comparison.candidates)
    if (comparison.is_detailed(candidate.run))
      text += markdown_text(verdict_sentence(comparison, candidate)) + " " +
              markdown_text(verdict_details(comparison, candidate)) + "\n\n";
  text += markdown_text(about_the_split(comparison)) + "\n";
  text += markdown_table(
      intervals_table(comparison),
      "Test clips, probabilities averaged over seeds; in brackets 95 % intervals over artists");
  if (!comparison.candidates.empty())
    text += markdown_table(verdicts_table(comparison), "Gain in accuracy over the reference, in points");
  text += markdown_table(seeds_table(comparison), "Single trainings: mean and standard deviation over seeds");
  text += markdown_table(calibration_table(comparison), "Calibration, before and after temperature");
  text += markdown_table(recall_table(comparison), "Recall per genre");
  for (const std::string& note : comparison.notes) text += "\n- " + markdown_text(note);
  if (!comparison.notes.empty()) text += "\n";
  return text;
}

}  // namespace genretrack
