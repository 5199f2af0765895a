#include "host/analysis/disagreement.h"

#include <gtest/gtest.h>

#include "host/core/error.h"

namespace genretrack {
namespace {

Predictions two_genres(const std::vector<double>& first) {
  Predictions predictions;
  predictions.genres = {"a", "b"};
  for (std::size_t clip = 0; clip < first.size(); ++clip) {
    predictions.clips.push_back(std::to_string(clip));
    predictions.truth.push_back(0);
    predictions.artists.push_back(std::to_string(clip / 2));
    predictions.probabilities.insert(predictions.probabilities.end(), {first[clip], 1 - first[clip]});
  }
  return predictions;
}

TEST(Disagreement, CountsClips) {
  const Disagreement found = disagreement({1, 1, 0, 0, 1}, {1, 0, 0, 0, 0});
  EXPECT_DOUBLE_EQ(found.disagreement, 0.4);
  EXPECT_DOUBLE_EQ(found.double_fault, 0.4);
}

TEST(Disagreement, TheOracleIsRightWhereAnyIs) {
  EXPECT_DOUBLE_EQ(oracle_accuracy({{1, 0, 0, 0}, {0, 1, 0, 0}, {1, 1, 0, 0}}), 0.5);
}

TEST(LeaveOneOut, SaysWhatEachMemberAdds) {
  // The second is right where the first is unsure; the third says nothing.
  const Predictions first = two_genres({0.45, 0.45, 0.9, 0.9}), second = two_genres({0.8, 0.8, 0.6, 0.6}),
                    third = two_genres({0.5, 0.5, 0.5, 0.5});
  const std::vector<PairedComparison> found = leave_one_out({&first, &second, &third});
  ASSERT_EQ(found.size(), 3u);
  EXPECT_DOUBLE_EQ(found[0].gain, 0);
  EXPECT_DOUBLE_EQ(found[1].gain, -0.5);
  EXPECT_EQ(found[1].only_reference, 2u);
  EXPECT_DOUBLE_EQ(found[2].gain, 0);
}

TEST(LeaveOneOut, RefusesOtherClips) {
  const Predictions first = two_genres({0.4, 0.4}), second = two_genres({0.4, 0.4, 0.5});
  EXPECT_THROW(leave_one_out({&first, &second}), Error);
}

}  // namespace
}  // namespace genretrack
