// The verdict in words.
#include "host/report/comparison_model.h"
#include "host/report/comparison_words.h"

namespace genretrack {
namespace {

std::string smallest_gain_text(const PairedComparison& pair) {
  if (pair.only_candidate + pair.only_reference == 0) return "The two are right and wrong on the same clips.";
  if (!pair.smallest_gain || *pair.smallest_gain >= 1)
    return "With " + count_text(pair.groups, "group", "groups") +
           " of clips no difference could have been shown.";
  return "A true difference of " + percent(*pair.smallest_gain) +
         " points could have been shown (80 % power).";
}

}  // namespace

std::string verdict_word(const Comparison& comparison, const Candidate& candidate) {
  const bool fused = comparison.runs[candidate.run].fused();
  switch (candidate.pair.verdict) {
    case Verdict::kBetter:
      return fused ? "helps" : "is better";
    case Verdict::kWorse:
      return fused ? "hurts" : "is worse";
    case Verdict::kNotShown:
      break;
  }
  return fused ? "not shown to help" : "not shown to differ";
}

std::string verdict_text(const Comparison& comparison, const Candidate& candidate) {
  const ComparedRun& run = comparison.runs[candidate.run];
  const ComparedRun& reference = comparison.runs[*comparison.reference];
  const PairedComparison& pair = candidate.pair;
  const std::string word = verdict_word(comparison, candidate);
  const std::string unit = pair.artists_known ? count_text(pair.groups, "artist", "artists")
                                              : count_text(pair.groups, "clip", "clips");
  std::string text = run.label + (pair.verdict == Verdict::kNotShown ? " is " : " ") + word + ": " +
                     percent(run.test.accuracy) + " % against " + percent(reference.test.accuracy) +
                     " % of " + reference.label + ", " + comparison.reference_reason + ", on the same " +
                     count_text(pair.clips, "clip", "clips") + ": " + points(pair.gain) + " points (" +
                     level_text(pair.level) + " interval " + points_interval(pair.interval) + " over " +
                     unit + ", " + p_text(pair.adjusted_p);
  if (comparison.candidates.size() > 1)
    text += " corrected for " + std::to_string(comparison.candidates.size()) + " comparisons";
  text += ").";
  if (pair.verdict == Verdict::kNotShown) text += " " + smallest_gain_text(pair);
  return text;
}

}  // namespace genretrack
