// Short versions of the simulations of slow_simulation.cc.
#include "tests/analysis/simulation.h"

#include <gtest/gtest.h>

namespace genretrack::testing {
namespace {

TEST(Simulation, FalseAlarmsStayBelowTheLevelWhereArtistsCluster) {
  const Rates rates = measure({.clips_per_artist = uneven_artists(30, 5)}, 300, 399);
  EXPECT_LE(rates.rejected, 0.05 + simulation_error(300));
  EXPECT_GE(rates.rejected_by_clip, 0.08);  // what artists would do to a test that does not know them
}

TEST(Simulation, IntervalsCoverTheTruthWithFortyArtists) {
  const Rates rates = measure(
      {.clips_per_artist = uneven_artists(40, 5), .first_accuracy = 0.75, .second_accuracy = 0.85}, 300, 399);
  EXPECT_GE(rates.gain_covered, 0.95 - simulation_error(300));
  EXPECT_GE(rates.accuracy_covered, 0.95 - simulation_error(300));
}

}  // namespace
}  // namespace genretrack::testing
