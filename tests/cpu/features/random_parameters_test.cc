// The transforms of clips with random parameters against the naive references.
#include "tests/cpu/features/clip_match.h"

namespace genretrack::testing {
namespace {

constexpr int kClips = 72, kPerTest = 12;

class RandomParameters : public ::testing::TestWithParam<int> {
 protected:
  static void TearDownTestSuite() { worst_.print(); }
  static inline reference::Worst worst_;
};

TEST_P(RandomParameters, MatchReference) {
  for (int i = 0; i < kPerTest; ++i)
    expect_clip_matches(ClipMaker(std::uint64_t(GetParam() * kPerTest + i), 150, 3).make(), worst_);
}

INSTANTIATE_TEST_SUITE_P(Clips, RandomParameters, ::testing::Range(0, kClips / kPerTest));

}  // namespace
}  // namespace genretrack::testing
