#include <algorithm>

#include "host/report/comparison_charts.h"
#include "host/report/comparison_notes.h"
#include "host/report/comparison_report.h"
#include "host/report/comparison_words.h"
#include "host/report/page.h"

namespace genretrack {
namespace {

// `chart` of every run, some side by side.
template <class Chart>
void add_row(Page& page, const Comparison& comparison, std::size_t columns, const std::string& what,
             Chart chart) {
  page.begin_row(columns);
  for (const ComparedRun& run : comparison.runs) page.chart(chart(run), what + " of " + run.label);
  page.end_row();
}

std::string accuracy_description(const Comparison& comparison) {
  std::string text = "Accuracy with its interval over artists.";
  for (const ComparedRun& run : comparison.runs)
    text += " " + run.label + ": " + percent(run.test.accuracy) + " %, " +
            percent_interval(run.accuracy_interval) + ".";
  return text;
}

Table runs_table(const Comparison& comparison) {
  Table table;
  table.header = {"run", "network", "parameters", "seeds"};
  for (const ComparedRun& run : comparison.runs)
    table.rows.push_back(
        {run.label, run.run.model, std::to_string(run.run.parameters), std::to_string(run.run.seeds.size())});
  return table;
}

}  // namespace

std::string comparison_page(const Comparison& comparison) {
  Page page("Comparison of " + count_text(comparison.runs.size(), "run", "runs"));
  for (const Candidate& candidate : comparison.candidates) page.verdict(verdict_text(comparison, candidate));
  page.paragraph("Split: " + comparison.split + ". " +
                 count_text(comparison.clips, "test clip", "test clips") + " by " +
                 (comparison.artists == 0
                      ? "unknown artists"
                      : count_text(comparison.artists + comparison.unknown_artists, "artist", "artists")) +
                 ".");
  for (const std::string& note : comparison.notes) page.paragraph(note);
  page.heading("Figures");
  page.table(metrics_table(comparison), "Test clips, probabilities averaged over seeds");
  page.chart(accuracy_chart(comparison), accuracy_description(comparison));
  page.table(seeds_table(comparison), "Single trainings: mean and standard deviation over seeds");
  page.table(recall_table(comparison), "Recall per genre; in brackets that of single trainings");
  if (!comparison.candidates.empty()) {
    page.heading("Differences");
    page.table(pairs_table(comparison), "Accuracy on the same clips, in points");
  }
  page.heading("Confusion");
  add_row(page, comparison, comparison.genres.size() <= 5 ? 3 : 2, "Confusion matrix", confusion_chart);
  page.heading("Training");
  page.paragraph(
      "Loss by epoch, a line per training and branch; the dot is the epoch whose weights were kept.");
  add_row(page, comparison, 2, "Training and validation loss", training_chart);
  page.heading("Runs");
  page.table(runs_table(comparison), "What was trained");
  page.heading("Method");
  for (const std::string& note : method_notes(comparison)) page.paragraph(note);
  return page.html();
}

}  // namespace genretrack
