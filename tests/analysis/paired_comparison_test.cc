#include "host/analysis/paired_comparison.h"

#include <gtest/gtest.h>

#include "host/core/error.h"
#include "host/core/random.h"

namespace genretrack {
namespace {

// Two genres; a clip is right with probability `skill`, and the difficulty of a clip is shared by all runs.
Predictions made_up(double skill, std::uint64_t seed, std::size_t clips = 120, std::size_t artists = 30) {
  Predictions predictions;
  predictions.genres = {"a", "b"};
  Random difficulty(99, Purpose::kSplit), noise(seed, Purpose::kSplit);
  for (std::size_t clip = 0; clip < clips; ++clip) {
    predictions.clips.push_back(std::to_string(1000 + clip));
    predictions.truth.push_back(clip % 2);
    predictions.artists.push_back("artist " + std::to_string(clip % artists));
    const bool right = 0.7 * difficulty.uniform() + 0.3 * noise.uniform() < skill;
    const double first = (clip % 2 == 0) == right ? 0.9 : 0.1;
    predictions.probabilities.insert(predictions.probabilities.end(), {first, 1 - first});
  }
  return predictions;
}

TEST(PairedComparison, FindsABetterAndAWorseRun) {
  const std::vector<PairedComparison> pairs =
      compare_paired(made_up(0.6, 1), {made_up(0.85, 2), made_up(0.3, 3)});
  EXPECT_EQ(pairs[0].verdict, Verdict::kBetter);
  EXPECT_GT(pairs[0].interval.low, 0);
  EXPECT_EQ(pairs[1].verdict, Verdict::kWorse);
  EXPECT_LT(pairs[1].interval.high, 0);
  EXPECT_EQ(pairs[0].groups, 30u);
  EXPECT_TRUE(pairs[0].artists_known);
}

TEST(PairedComparison, DoesNotTellEqualRunsApart) {
  const Predictions run = made_up(0.7, 1);
  const PairedComparison pair = compare_paired(run, {run}).front();
  EXPECT_EQ(pair.verdict, Verdict::kNotShown);
  EXPECT_DOUBLE_EQ(pair.p, 1);
  EXPECT_DOUBLE_EQ(pair.mcnemar_p, 1);
  EXPECT_FALSE(pair.smallest_gain);
  EXPECT_TRUE(pair.interval.contains(0));
}

TEST(PairedComparison, VerdictAndIntervalNeverDisagree) {
  int shown = 0, not_shown = 0;
  for (std::uint64_t family = 0; family < 60; ++family) {
    Random random(family, Purpose::kBootstrap);
    const std::size_t artists = 5 + random.below(40);
    std::vector<Predictions> candidates;
    for (std::uint64_t run = 0; run < 1 + family % 4; ++run)
      candidates.push_back(made_up(0.6 + 0.3 * random.uniform(), 100 * family + run, 120, artists));
    ComparisonOptions options;
    options.draws = 999;
    for (const PairedComparison& pair :
         compare_paired(made_up(0.7, 7777, 120, artists), candidates, options)) {
      EXPECT_EQ(pair.verdict == Verdict::kNotShown, pair.interval.contains(0));
      EXPECT_EQ(pair.verdict == Verdict::kNotShown, pair.adjusted_p > options.alpha);
      if (pair.verdict == Verdict::kBetter) {
        EXPECT_GT(pair.interval.low, 0);
      }
      ++(pair.verdict == Verdict::kNotShown ? not_shown : shown);
    }
  }
  EXPECT_GT(shown, 10);
  EXPECT_GT(not_shown, 10);
}

TEST(PairedComparison, CountsTheClipsOnlyOneHasRight) {
  Predictions reference = made_up(0.7, 1, 4, 4), candidate = reference;
  reference.probabilities = {0.9, 0.1, 0.1, 0.9, 0.1, 0.9, 0.9, 0.1};  // right, right, wrong, wrong
  candidate.probabilities = {0.9, 0.1, 0.9, 0.1, 0.9, 0.1, 0.1, 0.9};  // right, wrong, right, right
  const PairedComparison pair = compare_paired(reference, {candidate}).front();
  EXPECT_EQ(pair.only_candidate, 2u);
  EXPECT_EQ(pair.only_reference, 1u);
  EXPECT_DOUBLE_EQ(pair.gain, 0.25);
}

TEST(PairedComparison, GoesByClipWhereNoArtistIsKnown) {
  Predictions reference = made_up(0.6, 1), candidate = made_up(0.8, 2);
  reference.artists.assign(120, "");
  candidate.artists = reference.artists;
  const PairedComparison pair = compare_paired(reference, {candidate}).front();
  EXPECT_FALSE(pair.artists_known);
  EXPECT_EQ(pair.groups, 120u);
  EXPECT_DOUBLE_EQ(pair.design_effect, 1);
}

TEST(PairedComparison, SaysThatNothingCanBeShownWithThreeArtists) {
  const PairedComparison pair = compare_paired(made_up(0.2, 1, 120, 3), {made_up(0.95, 2, 120, 3)}).front();
  EXPECT_EQ(pair.verdict, Verdict::kNotShown);
  EXPECT_FALSE(pair.smallest_gain);
  EXPECT_EQ(pair.interval.low, -1);
}

TEST(PairedComparison, RefusesOtherClips) {
  EXPECT_THROW(compare_paired(made_up(0.7, 1, 100), {made_up(0.7, 1, 101)}), Error);
}

}  // namespace
}  // namespace genretrack
