// The claim of selection_of(): among equal candidates the best leads by what it expects, and seldom by more.
#include "host/analysis/selection.h"

#include <gtest/gtest.h>

#include <cmath>

#include "host/core/error.h"
#include "host/core/random.h"

namespace genretrack {
namespace {

constexpr std::size_t kArtists = 30, kClipsOfEach = 4, kClips = kArtists * kClipsOfEach;

double normal(Random& random) {
  return std::sqrt(-2 * std::log(random.uniform())) * std::cos(2 * std::acos(-1.0) * random.uniform());
}

std::vector<std::string> artists() {
  std::vector<std::string> names;
  for (std::size_t clip = 0; clip < kClips; ++clip)
    names.push_back("artist " + std::to_string(clip / kClipsOfEach));
  return names;
}

// A clip is right where artist, clip and the candidate's own training together stay below a threshold; the
// first candidate's threshold is `gain` higher.
std::vector<std::vector<double>> sweep(std::uint64_t number, std::size_t candidates, double gain) {
  Random random(number, Purpose::kBootstrap, 77);
  std::vector<double> shared;
  for (std::size_t artist = 0; artist < kArtists; ++artist) {
    const double effect = 0.5 * normal(random);
    for (std::size_t clip = 0; clip < kClipsOfEach; ++clip) shared.push_back(effect + 0.6 * normal(random));
  }
  std::vector<std::vector<double>> hits(candidates);
  for (std::size_t i = 0; i < candidates; ++i)
    for (std::size_t clip = 0; clip < kClips; ++clip)
      hits[i].push_back(shared[clip] + 0.6 * normal(random) < 0.8 + (i == 0 ? gain : 0) ? 1 : 0);
  return hits;
}

// 300 sweeps of 12 equal candidates on 120 clips by 30 artists. Bounds: the mean of 300 leads is known to 2 %
// (one standard error), and 300 tests at 5 % exceed 36 by chance less than once in a million.
TEST(SelectionOf, ExpectsTheLeadThatEqualCandidatesShow) {
  double lead = 0, expected = 0;
  int small_p = 0;
  for (std::uint64_t number = 0; number < 300; ++number) {
    const Selection selection = selection_of(sweep(number, 12, 0), artists(), number, 399);
    lead += selection.lead;
    expected += selection.expected_lead;
    small_p += selection.p <= 0.05 ? 1 : 0;
  }
  EXPECT_NEAR(expected / lead, 1, 0.12);
  EXPECT_LE(small_p, 36);
}

TEST(SelectionOf, FindsACandidateThatIsBetter) {
  int found = 0;
  for (std::uint64_t number = 0; number < 50; ++number) {
    const Selection selection = selection_of(sweep(number, 12, 1.2), artists(), number, 399);
    found += selection.best == 0 && selection.p <= 0.05 ? 1 : 0;
    EXPECT_GT(selection.lead, selection.expected_lead);
  }
  EXPECT_GE(found, 45);
}

TEST(SelectionOf, OneCandidateLeadsByNothing) {
  const Selection selection = selection_of(sweep(1, 1, 0), artists());
  EXPECT_EQ(selection.lead, 0);
  EXPECT_EQ(selection.p, 1);
}

TEST(SelectionOf, CandidatesThatAgreeOnEveryClipLeadByNothing) {
  const auto one = sweep(1, 1, 0);
  const Selection selection = selection_of({one[0], one[0], one[0]}, artists());
  EXPECT_NEAR(selection.lead, 0, 1e-12);
  EXPECT_NEAR(selection.expected_lead, 0, 1e-12);
}

TEST(SelectionOf, RefusesOtherClips) {
  auto hits = sweep(1, 2, 0);
  hits[1].pop_back();
  EXPECT_THROW(selection_of(hits, artists()), Error);
  EXPECT_THROW(selection_of({}, {}), Error);
}

}  // namespace
}  // namespace genretrack
