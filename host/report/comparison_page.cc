#include <algorithm>

#include "host/report/comparison_charts.h"
#include "host/report/comparison_notes.h"
#include "host/report/comparison_report.h"
#include "host/report/comparison_tables.h"
#include "host/report/comparison_words.h"
#include "host/report/page.h"

namespace genretrack {
namespace {

constexpr std::size_t kMostListedClips = 50, kMostPicturedClips = 8;

// `chart` of every run that is shown in detail, some side by side.
template <class Chart>
void add_row(Page& page, const Comparison& comparison, std::size_t columns, const std::string& what,
             Chart chart) {
  page.begin_row(columns);
  for (const std::size_t run : comparison.detailed)
    page.chart(chart(comparison.runs[run]), what + " of " + comparison.runs[run].label);
  page.end_row();
}

std::string accuracy_description(const Comparison& comparison) {
  std::string text = "Accuracy with its interval over artists.";
  for (const std::size_t i : comparison.detailed) {
    const ComparedRun& run = comparison.runs[i];
    text += " " + run.label + ": " + percent(run.test.metrics.accuracy) + " %, " +
            percent_interval(*run.test.intervals.accuracy) + ".";
  }
  return text;
}

std::string forest_description(const Comparison& comparison) {
  std::string text = "Gain in accuracy over the reference, in points.";
  for (const Candidate& candidate : comparison.candidates)
    if (comparison.is_detailed(candidate.run)) text += " " + verdict_sentence(comparison, candidate);
  return text;
}

void add_verdicts(Page& page, const Comparison& comparison) {
  for (const Candidate& candidate : comparison.candidates)
    if (comparison.is_detailed(candidate.run))
      page.verdict(verdict_sentence(comparison, candidate), verdict_details(comparison, candidate));
  page.paragraph("Split: " + comparison.split + ". " +
                 count_text(comparison.clips, "test clip", "test clips") + " by " +
                 (comparison.artists == 0
                      ? "unknown artists"
                      : count_text(comparison.artists + comparison.unknown_artists, "artist", "artists")) +
                 ".");
  page.contents();
  for (const std::string& note : comparison.notes) page.note(note);
  if (comparison.runs.size() > comparison.detailed.size())
    page.note("Charts, genres and clips are shown of " + std::to_string(comparison.detailed.size()) + " of " +
              std::to_string(comparison.runs.size()) +
              " runs: the reference and those with the largest gains. The tables of figures hold all.");
}

void add_figures(Page& page, const Comparison& comparison) {
  page.heading("Figures");
  page.sortable_table(
      intervals_table(comparison),
      "Test clips, probabilities averaged over seeds; in brackets 95 % intervals over artists");
  page.chart(accuracy_chart(comparison), accuracy_description(comparison));
  page.sortable_table(seeds_table(comparison), "Single trainings: mean and standard deviation over seeds");
  const Table sources = sources_table(comparison);
  if (!sources.rows.empty())
    page.sortable_table(
        sources,
        "Where the uncertainty of one training's accuracy comes from: what other artists, other "
        "clips of the same artists and other seeds would change, each alone");
}

void add_differences(Page& page, const Comparison& comparison) {
  page.heading("Differences");
  page.chart(forest_chart(comparison), forest_description(comparison));
  page.table(pairs_table(comparison), "Accuracy on the same clips, in points");
  if (comparison.runs.size() > comparison.detailed.size())
    page.sortable_table(verdicts_table(comparison), "Every run against the reference");
  page.heading("Genres");
  if (std::any_of(comparison.candidates.begin(), comparison.candidates.end(),
                  [](const Candidate& candidate) { return !candidate.genres.empty(); })) {
    page.paragraph(
        "Which genres gain and lose against the reference. Each interval is of its genre alone, at 95 %: "
        "among "
        "many genres one will exclude 0 by chance.");
    page.chart(genre_gains_chart(comparison), "Gain in recall of every genre over the reference, in points");
  }
}

void add_branches(Page& page, const Comparison& comparison) {
  if (comparison.branches.empty()) return;
  page.heading("Branches");
  page.paragraph(
      "Merging can gain only where branches err on different clips. The oracle is right wherever any branch "
      "is: no "
      "choice among them can have more.");
  for (const BranchStudy& study : comparison.branches) {
    const std::string& label = comparison.runs[study.run].label;
    page.subheading(label);
    if (!study.own)
      page.paragraph("Single runs of the same transforms in this comparison stand for its branches.");
    else if (study.left_out.empty())
      page.paragraph(
          "It does not average its branches with equal weights, so none can be left out of it without "
          "training again.");
    page.table(branches_table(comparison, study), "Branches of " + label);
    page.table(disagreement_table(study), "Shares of test clips, pair by pair, of " + label);
  }
}

void add_clips(Page& page, const Comparison& comparison, const PicturesOfClip& pictures) {
  if (std::all_of(comparison.candidates.begin(), comparison.candidates.end(),
                  [](const Candidate& candidate) { return candidate.changed.empty(); }))
    return;
  page.heading("Clips that changed hands");
  for (const Candidate& candidate : comparison.candidates) {
    if (candidate.changed.empty()) continue;
    const std::string& label = comparison.runs[candidate.run].label;
    const auto gained = static_cast<std::size_t>(
        std::count_if(candidate.changed.begin(), candidate.changed.end(), std::mem_fn(&ChangedClip::gained)));
    page.subheading(label);
    page.begin_details(count_text(gained, "clip", "clips") + " gained, " +
                       std::to_string(candidate.changed.size() - gained) + " lost");
    page.sortable_table(changed_table(comparison, candidate, kMostListedClips),
                        candidate.changed.size() > kMostListedClips
                            ? "The " + std::to_string(kMostListedClips) + " with the largest change"
                            : "The largest change of the truth's probability first");
    for (std::size_t i = 0; pictures && i < std::min(candidate.changed.size(), kMostPicturedClips); ++i) {
      const ChangedClip& clip = candidate.changed[i];
      const ClipPictures shown = pictures(clip.clip);
      if (shown.empty()) continue;
      page.paragraph(clip.clip + " (" + comparison.genres[clip.truth] + "): the reference said " +
                     comparison.genres[clip.reference_genre] + ", " + label + " says " +
                     comparison.genres[clip.candidate_genre]);
      page.begin_row(4);
      for (const auto& [name, png] : shown) page.png(png, name);
      page.end_row();
    }
    page.end_details();
  }
}

void add_calibration(Page& page, const Comparison& comparison) {
  page.heading("Calibration");
  page.paragraph(
      "Is a network as sure as it is right? Each dot is a tenth or so of the test clips, by confidence; on "
      "the "
      "diagonal the two agree. Pale bars show where dots would lie, 95 times of 100, if confidences were "
      "true. The "
      "temperature is fitted on validation clips.");
  page.sortable_table(calibration_table(comparison),
                      "Before and after temperature; in brackets 95 % intervals over artists");
  add_row(page, comparison, 3, "Accuracy over confidence", reliability_chart);
}

void add_origin(Page& page, const Comparison& comparison) {
  page.heading("Data and split");
  const bool folds = comparison.runs.front().run.folds > 0;
  page.table(data_table(comparison), "Clips of each part" +
                                         std::string(folds ? ", in the first fold of " : " of ") +
                                         comparison.runs.front().run.dataset + ", split " + comparison.split);
  page.heading("Runs and environment");
  page.table(runs_table(comparison), "What was trained");
  page.table(environment_table(comparison), "Where");
  page.heading("Method");
  page.paragraph("The verdict is found by a fixed rule:");
  page.list(verdict_rule());
  page.list(method_notes(comparison));
  if (comparison.command.empty()) return;
  page.heading("To make it again");
  page.paragraph("This page:");
  page.command(comparison.command);
  page.paragraph("The runs, into another folder, from the settings that each keeps:");
  std::string commands;
  for (const std::size_t run : comparison.detailed)
    commands += (commands.empty() ? "" : "\n") + std::string("genretrack run ") +
                shell_word((comparison.runs[run].run.path / "spec.json").string()) + " --runs again";
  page.command(commands);
}

}  // namespace

std::string comparison_page(const Comparison& comparison, const PicturesOfClip& pictures) {
  Page page("Comparison of " + count_text(comparison.runs.size(), "run", "runs"));
  add_verdicts(page, comparison);
  add_figures(page, comparison);
  if (comparison.candidates.empty())
    page.heading("Genres");
  else
    add_differences(page, comparison);
  page.table(recall_table(comparison), "Recall per genre; in brackets 95 % intervals over artists");
  page.table(precision_table(comparison), "Precision per genre");
  page.heading("Confusion");
  add_row(page, comparison, comparison.genres.size() <= 5 ? 3 : 2, "Confusion matrix", confusion_chart);
  add_branches(page, comparison);
  add_clips(page, comparison, pictures);
  add_calibration(page, comparison);
  page.heading("Training");
  page.paragraph(
      "Loss by epoch, a line per training and branch; the dot is the epoch whose weights were kept.");
  add_row(page, comparison, 2, "Training and validation loss", training_chart);
  add_origin(page, comparison);
  return page.html();
}

}  // namespace genretrack
