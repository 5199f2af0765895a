#include "host/analysis/sign_flip.h"

#include <gtest/gtest.h>

#include <cmath>

#include "host/core/error.h"
#include "host/core/random.h"
#include "tests/golden/statistics.h"
#include "tests/reference/sign_flip.h"

namespace genretrack {
namespace {

// Sums of differences of -1, 0 and 1 over groups of 1 to 6 clips.
Groups random_groups(std::size_t count, std::uint64_t seed, double better = 0.3, double worse = 0.2) {
  Random random(seed, Purpose::kSplit);
  Groups groups;
  for (std::size_t group = 0; group < count; ++group) {
    const double size = 1 + random.below(6);
    double sum = 0;
    for (int clip = 0; clip < size; ++clip) {
      const double u = random.uniform();
      sum += u < better ? 1 : u < better + worse ? -1 : 0;
    }
    groups.sums.push_back(sum);
    groups.sizes.push_back(size);
  }
  return groups;
}

TEST(SignFlip, MatchesTheDefinitionOfTheTest) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const Groups groups = random_groups(1 + seed % 11, seed);
    const SignFlipTest test(groups, 1);
    EXPECT_TRUE(test.exact());
    EXPECT_DOUBLE_EQ(test.p_value(), reference::sign_flip_p(groups.sums, groups.sizes, 0)) << seed;
  }
}

TEST(SignFlip, MatchesSciPy) {
  Groups groups;
  groups.sums.assign(std::begin(golden::kSignSums), std::end(golden::kSignSums));
  groups.sizes.assign(std::begin(golden::kSignSizes), std::end(golden::kSignSizes));
  EXPECT_NEAR(SignFlipTest(groups, 1).p_value(), golden::kSignP, 1e-12);
}

TEST(SignFlip, IntervalHoldsTheMeansThatTheTestDoesNotReject) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Groups groups = random_groups(7 + seed % 4, seed);
    const SignFlipTest test(groups, 1);
    for (const double level : {0.05, 0.1, 0.32}) {
      const Interval interval = test.interval(level);
      for (double mean = -1.2; mean <= 1.2; mean += 0.0317) {
        const bool kept = reference::sign_flip_p(groups.sums, groups.sizes, mean) > level;
        EXPECT_EQ(interval.contains(mean), kept) << "seed " << seed << " level " << level << " mean " << mean;
      }
    }
  }
}

TEST(SignFlip, IntervalExcludesZeroExactlyWhereTheTestRejects) {
  int rejected = 0, kept = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const double better = 0.2 + 0.001 * static_cast<double>(seed);
    const SignFlipTest test(random_groups(4 + seed % 40, seed, better, 0.15), seed, 499);
    for (const double level : {0.01, 0.025, 0.05, 0.1}) {
      const bool reject = test.p_value() <= level;
      EXPECT_EQ(test.interval(level).contains(0), !reject) << "seed " << seed << " level " << level;
      ++(reject ? rejected : kept);
    }
  }
  EXPECT_GT(rejected, 100);  // both cases were met
  EXPECT_GT(kept, 100);
}

TEST(SignFlip, DrawsAgreeWithTheExactDistribution) {
  const Groups groups = random_groups(18, 5, 0.35, 0.2);  // one group too many for enumeration
  const SignFlipTest test(groups, 3, 40'000);
  EXPECT_FALSE(test.exact());
  const double exact = reference::sign_flip_p(groups.sums, groups.sizes, 0);
  EXPECT_NEAR(test.p_value(), exact, 4 * std::sqrt(exact * (1 - exact) / 40'000));
}

TEST(SignFlip, CountsTheDataAmongTheDraws) {
  Groups groups;
  groups.sums.assign(60, 1);
  groups.sizes.assign(60, 1);
  EXPECT_DOUBLE_EQ(SignFlipTest(groups, 1, 999).p_value(), 1.0 / 1000);
}

TEST(SignFlip, IsTheSameForTheSameSeed) {
  const Groups groups = random_groups(30, 9);
  const SignFlipTest first(groups, 4, 2000), second(groups, 4, 2000), other(groups, 5, 2000);
  EXPECT_EQ(first.p_value(), second.p_value());
  EXPECT_EQ(first.interval(0.05).low, second.interval(0.05).low);
  EXPECT_NE(first.interval(0.05).low, other.interval(0.05).low);
}

TEST(SignFlip, ShowsNothingWithTooFewGroups) {
  Groups groups;
  groups.sums.assign(5, 1);
  groups.sizes.assign(5, 1);
  const SignFlipTest test(groups, 1);  // the smallest p-value there is: 2 of 32
  EXPECT_DOUBLE_EQ(test.p_value(), 0.0625);
  EXPECT_TRUE(std::isinf(test.interval(0.05).low));
}

TEST(SignFlip, SeesNoDifferenceBetweenEqualRuns) {
  Groups groups;
  groups.sums.assign(12, 0);
  groups.sizes.assign(12, 3);
  const SignFlipTest test(groups, 1);
  EXPECT_DOUBLE_EQ(test.p_value(), 1);
  EXPECT_TRUE(test.interval(0.05).contains(0));
}

TEST(SignFlip, TakesAnUnknownArtistForAGroupOfItsOwn) {
  const Groups groups = group_by_artist({1, 0, 1, -1, 1}, {"x", "", "x", "", "y"});
  EXPECT_EQ(groups.sums, (std::vector<double>{2, 0, -1, 1}));
  EXPECT_EQ(groups.sizes, (std::vector<double>{2, 1, 1, 1}));
  EXPECT_EQ(groups.unknown, 2u);
}

TEST(SignFlip, RefusesAnEmptyPart) { EXPECT_THROW(SignFlipTest(Groups{}, 1), Error); }

}  // namespace
}  // namespace genretrack
