// Rates of the comparison's promises over many simulated experiments.
#pragma once

#include <algorithm>
#include <cmath>

#include "host/analysis/sign_flip.h"
#include "host/analysis/uncertainty.h"
#include "tests/analysis/simulated_runs.h"

namespace genretrack::testing {

struct Rates {
  double rejected = 0;          // by the sign-flip test at 5 %
  double rejected_by_clip = 0;  // the same, had clips been taken for independent
  double gain_covered = 0;      // by the 95 % interval of the gain
  double accuracy_covered = 0;  // by the 95 % interval of the first run's accuracy
  double mean_smallest_gain = 0;
};

inline Rates measure(const SimulatedDesign& design, std::size_t experiments, std::size_t draws) {
  const double gain = design.second_accuracy - design.first_accuracy,
               share = 1 / static_cast<double>(experiments);
  Rates rates;
  for (std::size_t experiment = 0; experiment < experiments; ++experiment) {
    const SimulatedHits hits = simulate_hits(design, experiment + 1);
    std::vector<double> differences;
    std::size_t discordant = 0;
    for (std::size_t clip = 0; clip < hits.first.size(); ++clip) {
      differences.push_back(hits.second[clip] - hits.first[clip]);
      discordant += differences.back() != 0;
    }
    const Groups groups = group_by_artist(differences, hits.artists);
    const SignFlipTest test(groups, 1, draws);
    const std::vector<std::string> unknown(differences.size());
    const SignFlipTest by_clip(group_by_artist(differences, unknown), 1, 199);  // a rough figure will do
    const Interval accuracy = accuracy_interval(hits.first, group_by_artist(hits.first, hits.artists), 0.05);
    rates.rejected += share * (test.p_value() <= 0.05);
    rates.rejected_by_clip += share * (by_clip.p_value() <= 0.05);
    rates.gain_covered += share * test.interval(0.05).contains(gain);
    rates.accuracy_covered += share * accuracy.contains(design.first_accuracy);
    rates.mean_smallest_gain +=
        share * smallest_gain(discordant, differences.size(), design_effect(differences, groups),
                              groups.sums.size(), 0.05)
                    .value_or(1);
  }
  return rates;
}

// A rate near 0.05 (or 0.95) is further off by chance less than once in a million simulations: 4.9 standard
// errors.
inline double simulation_error(std::size_t experiments) {
  return 4.9 * std::sqrt(0.05 * 0.95 / static_cast<double>(experiments));
}

// What a true rate of `rate` stays above, but once in a million simulations; a rate of 1 counts as one that
// misses once in a thousand.
inline double least_rate(double rate, std::size_t experiments) {
  const double known = std::min(rate, 0.999);
  return known - 4.9 * std::sqrt(known * (1 - known) / static_cast<double>(experiments));
}

}  // namespace genretrack::testing
