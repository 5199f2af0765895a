#include "host/report/axis.h"

#include <gtest/gtest.h>

#include <cmath>

namespace genretrack {
namespace {

std::string joined(const std::vector<Tick>& ticks) {
  std::string text;
  for (const Tick& tick : ticks) text += (text.empty() ? "" : " ") + tick.label;
  return text;
}

std::string labels(double low, double high, int most) { return joined(round_ticks(low, high, most)); }

TEST(Axis, TicksAreRound) {
  EXPECT_EQ(labels(0, 30.01, 12), "0 5 10 15 20 25 30");
  EXPECT_EQ(labels(-55, 24.9, 6), "\u221240 \u221220 0 20");
  EXPECT_EQ(labels(0, 1, 6), "0.0 0.2 0.4 0.6 0.8 1.0");
  EXPECT_EQ(labels(-0.03, 0.021, 6), "\u22120.03 \u22120.02 \u22120.01 0.00 0.01 0.02");
  EXPECT_EQ(labels(0, 600, 12), "0 50 100 150 200 250 300 350 400 450 500 550 600");
  EXPECT_EQ(labels(0, 0, 12), "0");
}

std::string times(double low, double high) { return joined(time_ticks(low, high, 12)); }

TEST(Axis, TimesAreSecondsUpToTwoMinutes) {
  EXPECT_EQ(times(0, 30), "0 5 10 15 20 25 30");
  EXPECT_EQ(times(90.1, 120), "95 100 105 110 115 120");
  EXPECT_EQ(time_title(120), "time (s)");
}

TEST(Axis, LaterTimesAreThoseOfAClock) {
  EXPECT_EQ(times(0, 240), "0:00 0:30 1:00 1:30 2:00 2:30 3:00 3:30 4:00");
  EXPECT_EQ(times(0, 600), "0:00 1:00 2:00 3:00 4:00 5:00 6:00 7:00 8:00 9:00 10:00");
  EXPECT_EQ(times(3590, 3620), "59:50 59:55 1:00:00 1:00:05 1:00:10 1:00:15 1:00:20");
  EXPECT_EQ(times(3723, 3725),
            "1:02:03.0 1:02:03.2 1:02:03.4 1:02:03.6 1:02:03.8 1:02:04.0 1:02:04.2 1:02:04.4 "
            "1:02:04.6 1:02:04.8 1:02:05.0");
  EXPECT_EQ(times(7200, 7200), "2:00:00.00");
  EXPECT_EQ(times(0, 4 * 3600), "0:00 30:00 1:00:00 1:30:00 2:00:00 2:30:00 3:00:00 3:30:00 4:00:00");
  EXPECT_EQ(time_title(121), "time (m:ss)");
  EXPECT_EQ(time_title(3600), "time (h:mm:ss)");
}

TEST(Axis, TicksLieWhereTheirLabelsSay) {
  for (const Tick& tick : time_ticks(3590, 3620, 12)) EXPECT_EQ(clock_text(tick.at, 0), tick.label);
  for (const Tick& tick : round_ticks(-55, 24.9, 6)) EXPECT_EQ(std::fmod(tick.at, 20), 0) << tick.at;
}

TEST(Axis, ClocksRoundUpTogether) {
  EXPECT_EQ(clock_text(0, 0), "0:00");
  EXPECT_EQ(clock_text(59.96, 1), "1:00.0");
  EXPECT_EQ(clock_text(59.94, 1), "0:59.9");
  EXPECT_EQ(clock_text(3599.9999, 2), "1:00:00.00");
  EXPECT_EQ(clock_text(3723.5, 1), "1:02:03.5");
  EXPECT_EQ(clock_text(36 * 3600 + 61, 0), "36:01:01");
}

TEST(Axis, TimesInSentencesHaveUnits) {
  EXPECT_EQ(time_text(0), "0.00 s");
  EXPECT_EQ(time_text(9.984), "9.98 s");
  EXPECT_EQ(time_text(30.013), "30.0 s");
  EXPECT_EQ(time_text(600), "10:00");
  EXPECT_EQ(time_text(0, 600), "0:00");
  EXPECT_EQ(time_text(3723.4908), "1:02:03.5");
}

}  // namespace
}  // namespace genretrack
