#include "host/report/comparison_notes.h"

#include <algorithm>
#include <map>

#include "host/report/comparison_words.h"

namespace genretrack {
namespace {

constexpr std::size_t kFewArtists = 20, kFewClips = 100, kWantedSeeds = 5;

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i)
    text += (i == 0 ? "" : i + 1 == names.size() ? " and " : ", ") + names[i];
  return text;
}

// The same note of several runs stands once, with their names; in the order of first mention.
void add_run_notes(const Comparison& comparison, std::vector<std::string>& notes) {
  std::map<std::string, std::vector<std::string>> runs_of;
  std::vector<std::string> order;
  for (const ComparedRun& run : comparison.runs)
    for (const std::string& note : run.run.notes) {
      if (!runs_of.contains(note)) order.push_back(note);
      std::vector<std::string>& names = runs_of[note];
      if (std::find(names.begin(), names.end(), run.label) == names.end()) names.push_back(run.label);
    }
  for (const std::string& note : order) {
    const std::vector<std::string>& names = runs_of[note];
    notes.push_back((names.size() == comparison.runs.size() ? "All runs" : joined(names)) + ": " + note);
  }
}

void add_seed_note(const Comparison& comparison, std::vector<std::string>& notes) {
  std::size_t fewest = comparison.runs.front().run.seeds.size();
  for (const ComparedRun& run : comparison.runs) fewest = std::min(fewest, run.run.seeds.size());
  if (fewest >= kWantedSeeds) return;
  notes.push_back("A run here has " + count_text(fewest, "seed", "seeds") +
                  "; a figure that is published wants at least five.");
}

// A reference chosen on validation need not be the best single run on the test clips. A reader who sees that
// in the table must not have to wonder.
void add_better_single_note(const Comparison& comparison, std::vector<std::string>& notes) {
  if (!comparison.reference || comparison.candidates.empty()) return;
  const ComparedRun* best = &comparison.runs[*comparison.reference];
  for (const ComparedRun& run : comparison.runs)
    if (!run.fused() && run.test.metrics.accuracy > best->test.metrics.accuracy) best = &run;
  const ComparedRun& reference = comparison.runs[*comparison.reference];
  if (best == &reference) return;
  notes.push_back("On the test clips " + best->label + " has " + percent(best->test.metrics.accuracy) +
                  " %, more than the reference " + reference.label + " (" +
                  percent(reference.test.metrics.accuracy) + " %). Test clips do not choose the reference.");
}

void add_leak_note(const Comparison& comparison, std::vector<std::string>& notes) {
  std::size_t most = 0;
  for (const ComparedRun& run : comparison.runs)
    for (const TrainingRecord& training : run.run.trainings) most = std::max(most, training.leaking_artists);
  if (most > 0)
    notes.push_back(count_text(most, "artist has", "artists have") +
                    " clips in both the training and the test part: part of what is measured may be how well "
                    "artists are recognised.");
}

// The rates are those of the designs in docs/evaluation.md.
std::string few_artists_note(std::size_t artists) {
  return "The test clips are by " + count_text(artists, "artist", "artists") +
         ", fewer than 20: intervals over so few artists can be too narrow. In simulations with 6 to 15 "
         "artists the "
         "95 % interval of a gain held the true gain in 91 to 99 % of the cases, that of an accuracy in 89 "
         "to 97 %.";
}

}  // namespace

std::vector<std::string> comparison_notes(const Comparison& comparison) {
  std::vector<std::string> notes;
  add_run_notes(comparison, notes);
  const bool said = std::any_of(notes.begin(), notes.end(), [](const std::string& note) {
    return note.find("the test part is small") != std::string::npos;
  });
  if (comparison.clips < kFewClips && !said)
    notes.push_back("The test part is small: " + count_text(comparison.clips, "clip", "clips") + ".");
  if (comparison.artists == 0)
    notes.push_back(
        "No artist is known: the test goes by clip, and its interval is too narrow where one artist has "
        "several clips.");
  else if (comparison.artists + comparison.unknown_artists < kFewArtists)
    notes.push_back(few_artists_note(comparison.artists + comparison.unknown_artists));
  if (comparison.artists > 0 && comparison.unknown_artists > 0)
    notes.push_back("The artist of " + count_text(comparison.unknown_artists, "test clip", "test clips") +
                    " is unknown; each stands as an artist of its own.");
  add_leak_note(comparison, notes);
  add_better_single_note(comparison, notes);
  add_seed_note(comparison, notes);
  if (comparison.runs.size() == 1) notes.push_back("One run alone: name a second one for a verdict.");
  return notes;
}

std::vector<std::string> method_notes(const Comparison& comparison) {
  std::vector<std::string> notes = {
      "Figures are of each clip's probabilities averaged over seeds. Balanced accuracy is the mean recall of "
      "the "
      "genres. Log loss is in nats per clip, probabilities below 1e-12 counted as 1e-12; the Brier score is "
      "the "
      "sum of squared errors over genres, 0 to 2.",
      "Intervals of single runs are over artists, at 95 %: of shares Clopper and Pearson's with the "
      "effective "
      "number of clips (Korn and Graubard 1998), of log loss and Brier score bootstrap-t's with 999 draws of "
      "artists.",
      "The calibration error is the root of the mean squared difference of confidence and accuracy over bins "
      "of "
      "equally many clips, less what finite bins add to it (Kumar, Liang and Ma 2019). The temperature "
      "minimises "
      "the log loss of validation clips.",
      "One training: mean, standard deviation and t interval over seeds, each seed alone. That is the spread "
      "of "
      "training, apart from that of artists; the variance components of artists, clips and seeds are "
      "estimated "
      "from sums of squares."};
  if (!comparison.runs.front().run.trainings.front().fold.empty())
    notes.push_back(
        "Folds are pooled: every clip was predicted by the training of its seed that had not heard it.");
  if (comparison.candidates.empty()) return notes;
  const PairedComparison& pair = comparison.candidates.front().pair;
  const std::string unit = pair.artists_known ? "artist" : "clip";
  notes.push_back("Runs are compared on the same clips. The test flips the sign of the difference by " +
                  unit + ", " + (pair.exact ? "in all ways there are" : "99,999 times at random") +
                  "; p counts outcomes at least as far from 0.");
  notes.push_back(
      "The interval of a gain holds every gain that the same test, at the same level, does not reject. So "
      "verdict and interval cannot disagree.");
  if (comparison.candidates.size() > 1)
    notes.push_back(
        "Holm's correction is over the " + std::to_string(comparison.candidates.size()) +
        " comparisons made here; each interval is at the level at which Holm's procedure decided.");
  if (std::any_of(comparison.candidates.begin(), comparison.candidates.end(),
                  [](const Candidate& candidate) { return candidate.fold_gain.has_value(); }))
    notes.push_back(
        "Over fold-repeats: the corrected resampled t test (Nadeau and Bengio 2003) on each fold's "
        "difference, "
        "averaged over seeds. It asks whether other training parts would change the answer, and stands "
        "beside.");
  if (std::any_of(comparison.candidates.begin(), comparison.candidates.end(),
                  [](const Candidate& candidate) { return candidate.seed_wins.has_value(); }))
    notes.push_back(
        "The chance that one training beats another is over all pairs of seeds, on these clips, with "
        "Newcombe's "
        "interval.");
  notes.push_back(
      "McNemar's mid-p takes clips for independent and stands beside for that; it decides nothing.");
  notes.push_back(
      "The smallest gain that could be shown is for 80 % power, from the share of clips on which the two "
      "runs differ and the design effect of artists.");
  return notes;
}

}  // namespace genretrack
