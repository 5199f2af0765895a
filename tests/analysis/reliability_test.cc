#include "host/analysis/reliability.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "host/core/error.h"
#include "host/core/random.h"
#include "tests/golden/statistics.h"

namespace genretrack {
namespace {

// Two genres; each clip's first genre has a confidence from 0.5 to 1 and is true with chance `chance` of it.
template <class Chance>
Predictions with_chances(std::size_t clips, std::uint64_t seed, const Chance& chance) {
  Random random(seed, Purpose::kSplit);
  Predictions predictions;
  predictions.genres = {"a", "b"};
  for (std::size_t clip = 0; clip < clips; ++clip) {
    const double confidence = 0.5 + 0.5 * random.uniform();
    predictions.clips.push_back(std::to_string(clip));
    predictions.artists.push_back(std::to_string(clip / 3));
    predictions.truth.push_back(random.uniform() < chance(confidence) ? 0 : 1);
    predictions.probabilities.insert(predictions.probabilities.end(), {confidence, 1 - confidence});
  }
  return predictions;
}

Reliability reliability_of(const Predictions& predictions, std::size_t bins) {
  return reliability(predictions, bins, 0.05, ArtistDraws(artist_groups(predictions.artists).count, 1));
}

TEST(Reliability, MatchesScipy) {
  Predictions predictions;
  predictions.genres = {"a", "b", "c", "d"};
  for (std::size_t clip = 0; clip < golden::kClips; ++clip) {
    predictions.clips.push_back(std::to_string(100 + clip));
    predictions.truth.push_back(golden::kTruth[clip]);
    predictions.artists.push_back(std::to_string(clip % 17));
  }
  predictions.probabilities.assign(std::begin(golden::kProbabilities), std::end(golden::kProbabilities));
  const Reliability found = reliability_of(predictions, 6);
  EXPECT_NEAR(found.error, golden::kCalibrationError, 1e-12);
  ASSERT_EQ(found.bins.size(), 6u);
  for (std::size_t bin = 0; bin < 6; ++bin) {
    EXPECT_EQ(found.bins[bin].clips, 10u);
    EXPECT_NEAR(found.bins[bin].consistent.low, golden::kConsistent[2 * bin], 1e-12) << bin;
    EXPECT_NEAR(found.bins[bin].consistent.high, golden::kConsistent[2 * bin + 1], 1e-12) << bin;
  }
}

TEST(Reliability, IsNearNothingWhereConfidencesAreTrue) {
  // The squared error of 20,000 clips in 15 bins has a standard error of about 1e-4.
  const Reliability found = reliability_of(with_chances(20'000, 1, [](double c) { return c; }), 15);
  EXPECT_LT(found.error, std::sqrt(5e-4));
}

TEST(Reliability, FindsTheErrorThatWasPlanted) {
  const Reliability found = reliability_of(with_chances(20'000, 1, [](double c) { return c - 0.2; }), 15);
  EXPECT_NEAR(found.error, 0.2, 0.02);
  EXPECT_TRUE(found.interval->contains(0.2));
  EXPECT_TRUE(std::all_of(found.bins.begin(), found.bins.end(),
                          [](const ReliabilityBin& bin) { return bin.accuracy < bin.consistent.low; }));
}

TEST(Reliability, TakesTenClipsABin) {
  EXPECT_EQ(reliability_bins(73), 7u);
  EXPECT_EQ(reliability_bins(4), 2u);
  EXPECT_EQ(reliability_bins(10'000), 15u);
  EXPECT_THROW(reliability_of(with_chances(3, 1, [](double c) { return c; }), 2), Error);
}

}  // namespace
}  // namespace genretrack
