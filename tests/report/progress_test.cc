#include "host/report/progress.h"

#include <gtest/gtest.h>

#include <limits>

namespace genretrack {
namespace {

TEST(Progress, WritesDurationsAsPeopleReadThem) {
  EXPECT_EQ(duration_text(0.2), "0 s");
  EXPECT_EQ(duration_text(59.4), "59 s");
  EXPECT_EQ(duration_text(59.6), "1 min 00 s");
  EXPECT_EQ(duration_text(125), "2 min 05 s");
  EXPECT_EQ(duration_text(3599.7), "1 h 00 min");
  EXPECT_EQ(duration_text(4320), "1 h 12 min");
  EXPECT_EQ(duration_text(-1), "0 s");
  EXPECT_EQ(duration_text(std::numeric_limits<double>::infinity()), "0 s");
}

// The test's stderr is captured into a file, which is no terminal.
TEST(Progress, WritesOneLastLineForShortWorkElsewhereThanOnATerminal) {
  ::testing::internal::CaptureStderr();
  {
    Progress progress("caching", "clips");
    for (std::size_t done = 0; done <= 5; ++done) progress.update(done, 5, "blues");
  }
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "caching 5/5 clips in 0 s · blues\n");
}

TEST(Progress, WritesNothingForWorkThatEndsEarly) {
  ::testing::internal::CaptureStderr();
  { Progress("caching", "clips").update(1, 5); }
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace genretrack
