// The verdict in words.
#include <cmath>

#include "host/report/comparison_model.h"
#include "host/report/comparison_words.h"

namespace genretrack {
namespace {

std::string clips_text(const Comparison& comparison, const PairedComparison& pair) {
  return count_text(comparison.clips, "clip", "clips") +
         (pair.artists_known ? " by " + count_text(pair.groups, "artist", "artists") : "");
}

// A difference without its sign, in points: "4.1 points (1.2 to 7.0)".
std::string size_text(const PairedComparison& pair) {
  const double low = std::min(std::abs(pair.interval.low), std::abs(pair.interval.high)),
               high = std::max(std::abs(pair.interval.low), std::abs(pair.interval.high));
  return percent(std::abs(pair.gain)) + " points (" + percent(low) + " to " + percent(high) + ")";
}

bool can_show_anything(const PairedComparison& pair) { return pair.smallest_gain && *pair.smallest_gain < 1; }

}  // namespace

Finding finding_of(const PairedComparison& pair) {
  if (pair.verdict == Verdict::kBetter) return Finding::kBetter;
  if (pair.verdict == Verdict::kWorse) return Finding::kWorse;
  if (pair.only_candidate + pair.only_reference == 0) return Finding::kNotShown;
  return can_show_anything(pair) && *pair.smallest_gain <= kGainWorthShowing ? Finding::kNotShown
                                                                             : Finding::kTooFew;
}

std::string verdict_word(const Comparison& comparison, const Candidate& candidate) {
  switch (finding_of(candidate.pair)) {
    case Finding::kBetter:
      return "better";
    case Finding::kWorse:
      return "worse";
    case Finding::kTooFew:
      return "too few clips to tell";
    case Finding::kNotShown:
      break;
  }
  return comparison.runs[candidate.run].fused() ? "not shown to help" : "not shown to differ";
}

std::string verdict_sentence(const Comparison& comparison, const Candidate& candidate) {
  const ComparedRun& run = comparison.runs[candidate.run];
  const PairedComparison& pair = candidate.pair;
  switch (finding_of(pair)) {
    case Finding::kBetter:
      return run.label + " is better by " + size_text(pair) + ".";
    case Finding::kWorse:
      return run.label + " is worse by " + size_text(pair) + ".";
    case Finding::kTooFew:
      return run.label + ": too few clips to tell: " + clips_text(comparison, pair) +
             (can_show_anything(pair) ? " can show " + fixed(100 * *pair.smallest_gain, 0) + " points"
                                      : " can show no difference at all") +
             "; seen: " + points(pair.gain) + " (" + points_interval(pair.interval) + ").";
    case Finding::kNotShown:
      break;
  }
  std::string text = run.label + " is " + verdict_word(comparison, candidate) + ": " + points(pair.gain) +
                     " points (" + points_interval(pair.interval) + ").";
  if (pair.only_candidate + pair.only_reference == 0)
    text += " The two are right and wrong on the same clips.";
  return text;
}

std::string verdict_details(const Comparison& comparison, const Candidate& candidate) {
  const ComparedRun& run = comparison.runs[candidate.run];
  const ComparedRun& reference = comparison.runs[*comparison.reference];
  const PairedComparison& pair = candidate.pair;
  std::string text = percent(run.test.metrics.accuracy) + " % against " +
                     percent(reference.test.metrics.accuracy) + " % of " + reference.label + ", " +
                     comparison.reference_reason + ", on the same " + clips_text(comparison, pair) + "; " +
                     level_text(pair.level) + " interval, " + p_text(pair.adjusted_p);
  if (comparison.candidates.size() > 1)
    text += " corrected for " + std::to_string(comparison.candidates.size()) + " comparisons";
  text += ".";
  if (finding_of(pair) == Finding::kNotShown && can_show_anything(pair))
    text += " A true difference of " + percent(*pair.smallest_gain) +
            " points would have been found with 80 % power.";
  return text;
}

std::vector<std::string> verdict_rule() {
  return {
      "better, worse: the sign-flip test by artist, corrected by Holm for all comparisons of this page, has "
      "p "
      "of at most 0.05. The interval in brackets is of the same test at the same corrected level, so it then "
      "excludes 0.",
      "not shown to help (of a single run: to differ): the test does not reject, though a true difference "
      "of " +
          fixed(100 * kGainWorthShowing, 0) +
          " points would have been found with 80 % power. That is no proof that the two are equal.",
      "too few clips to tell: the test does not reject, and " + fixed(100 * kGainWorthShowing, 0) +
          " points could not have been found with that power. The number named is the smallest true "
          "difference that could."};
}

}  // namespace genretrack
