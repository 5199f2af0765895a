// The promises of the comparison, held for the designs that docs/evaluation.md names.
#include <gtest/gtest.h>

#include <cstdio>

#include "host/analysis/paired_tests.h"
#include "tests/analysis/simulation.h"

namespace genretrack::testing {
namespace {

constexpr std::size_t kExperiments = 1000, kDraws = 999;

struct NamedDesign {
  const char* name;
  SimulatedDesign design;
  double gain_coverage, accuracy_coverage;  // what docs/evaluation.md says of the design: the lowest
};

// Ten artists of whom one has half the clips.
const std::vector<std::size_t> kOneLarge = {35, 4, 4, 4, 4, 4, 4, 4, 4, 3};

std::vector<NamedDesign> designs(double gain) {
  const auto design = [&](std::vector<std::size_t> clips, double run_artist) {
    SimulatedDesign made;
    made.clips_per_artist = std::move(clips);
    made.first_accuracy = 0.8;
    made.second_accuracy = 0.8 + gain;
    made.run_artist = run_artist;
    made.run_clip = 0.4 - run_artist;
    return made;
  };
  return {{"6 artists, 42 clips", design(uneven_artists(6, 7), 0.15), 0.929, 0.965},
          {"10 artists, 70 clips", design(uneven_artists(10, 7), 0.15), 0.937, 0.951},
          {"10 artists, 70 clips, runs differ by artist", design(uneven_artists(10, 7), 0.4), 0.916, 0.942},
          {"10 artists, 70 clips, one with half", design(kOneLarge, 0.15), 0.95, 0.89},
          {"15 artists, 105 clips", design(uneven_artists(15, 7), 0.15), 0.932, 0.949},
          {"20 artists, 140 clips", design(uneven_artists(20, 7), 0.15), 0.944, 0.944},
          {"40 artists, 280 clips", design(uneven_artists(40, 7), 0.15), 0.948, 0.963},
          {"100 artists, 300 clips", design(uneven_artists(100, 3), 0.15), 0.939, 0.957}};
}

void print(const NamedDesign& named, double gain, const Rates& rates) {
  std::printf("%-45s gain %.2f: rejected %.3f (by clip %.3f), gain covered %.3f, accuracy covered %.3f\n",
              named.name, gain, rates.rejected, rates.rejected_by_clip, rates.gain_covered,
              rates.accuracy_covered);
}

TEST(SlowSimulation, FalseAlarmsStayBelowTheLevel) {
  for (const NamedDesign& named : designs(0)) {
    const Rates rates = measure(named.design, kExperiments, kDraws);
    print(named, 0, rates);
    EXPECT_LE(rates.rejected, 0.05 + simulation_error(kExperiments)) << named.name;
    EXPECT_GE(rates.gain_covered, 0.95 - simulation_error(kExperiments)) << named.name;
  }
}

TEST(SlowSimulation, IntervalsCoverAsDocumented) {
  for (const double gain : {0.05, 0.12})
    for (const NamedDesign& named : designs(gain)) {
      const Rates rates = measure(named.design, kExperiments, kDraws);
      print(named, gain, rates);
      EXPECT_GE(rates.gain_covered, least_rate(named.gain_coverage, kExperiments)) << named.name;
      EXPECT_GE(rates.accuracy_covered, least_rate(named.accuracy_coverage, kExperiments)) << named.name;
    }
}

TEST(SlowSimulation, TheSmallestGainIsFoundFourTimesInFive) {
  SimulatedDesign design;
  design.clips_per_artist = uneven_artists(60, 5);
  design.first_accuracy = 0.75;
  design.second_accuracy = 0.85;
  design.second_accuracy = 0.75 + measure(design, 300, 399).mean_smallest_gain;
  const Rates rates = measure(design, kExperiments, kDraws);
  std::printf("smallest gain %.3f: found %.3f\n", rates.mean_smallest_gain, rates.rejected);
  EXPECT_NEAR(rates.rejected, 0.8, 0.0625);
}

TEST(SlowSimulation, HolmKeepsTheErrorOfTheFamily) {
  SimulatedDesign design;
  design.clips_per_artist = uneven_artists(40, 4);
  std::size_t families_with_alarm = 0;
  for (std::uint64_t family = 0; family < 1000; ++family) {
    std::vector<double> p;
    for (std::uint64_t member = 0; member < 4; ++member) {
      const SimulatedHits hits = simulate_hits(design, 1'000'000 + 4 * family + member);
      std::vector<double> differences;
      for (std::size_t clip = 0; clip < hits.first.size(); ++clip)
        differences.push_back(hits.second[clip] - hits.first[clip]);
      p.push_back(SignFlipTest(group_by_artist(differences, hits.artists), 1, kDraws).p_value());
    }
    bool alarm = false;
    for (const HolmDecision& decision : holm(p, 0.05)) alarm = alarm || decision.rejected;
    families_with_alarm += alarm;
  }
  EXPECT_LE(static_cast<double>(families_with_alarm) / 1000, 0.05 + simulation_error(1000));
}

TEST(SlowSimulation, TheIntervalOverSeedsCoversTheMeanOfTraining) {
  std::size_t covered = 0, difference_covered = 0;
  constexpr std::size_t kRuns = 4000;
  for (std::uint64_t run = 0; run < kRuns; ++run) {
    Random random(run, Purpose::kSplit);
    std::vector<double> first, second;
    for (int seed = 0; seed < 3; ++seed) first.push_back(0.80 + 0.02 * simulated_normal(random));
    for (int seed = 0; seed < 5; ++seed) second.push_back(0.78 + 0.01 * simulated_normal(random));
    covered += seed_spread(first, 0.05).interval->contains(0.80);
    difference_covered += seed_difference(first, second, 0.05).interval->contains(0.02);
  }
  EXPECT_NEAR(static_cast<double>(covered) / kRuns, 0.95, simulation_error(kRuns));
  EXPECT_NEAR(static_cast<double>(difference_covered) / kRuns, 0.95, 2 * simulation_error(kRuns));
}

}  // namespace
}  // namespace genretrack::testing
