// How far a figure would move with other clips, other artists or other seeds.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "host/analysis/sign_flip.h"

namespace genretrack {

// Variance of the mean over clips when whole artists are drawn, divided by its variance when clips are; 1
// where every group is one clip, nothing varies or there is one group, and never below 1.
double design_effect(const std::vector<double>& values, const Groups& groups);

// Interval of a share in [0, 1] whose variance between artists is known: Clopper and Pearson's with the
// effective number of clips, at most `clips`, and of degrees of freedom (Korn and Graubard 1998). [0, 1] with
// one group.
Interval share_interval(double share, double variance, double clips, std::size_t groups, double level);

// Interval of an accuracy over artists: Clopper and Pearson's with the effective number of clips and of
// degrees of freedom (Korn and Graubard 1998). Holds its width where every clip is right. `hits` are 0 or 1.
// With one group it is [0, 1].
Interval accuracy_interval(const std::vector<double>& hits, const Groups& groups, double level);

// The smallest true gain in accuracy that a two-sided test at `level` finds with 80 % power:
// (t(1 - level/2) + t(0.8)) * sqrt(discordant share / clips) * sqrt(design effect), t with (groups - 1)
// degrees of freedom; the factor is 2.8 at 5 % and many groups. Nothing where no clip is discordant or there
// is one group.
std::optional<double> smallest_gain(std::size_t discordant, std::size_t clips, double effect,
                                    std::size_t groups, double level);

// A figure over trainings that differ in their seed alone.
struct SeedSpread {
  std::size_t seeds = 0;
  double mean = 0;
  std::optional<double> deviation;   // standard deviation between seeds: the variance component's root
  std::optional<Interval> interval;  // t interval of the mean; both absent for one seed
};
SeedSpread seed_spread(const std::vector<double>& values, double level);

// Difference of two means over seeds, first minus second, with Welch's t interval.
SeedSpread seed_difference(const std::vector<double>& first, const std::vector<double>& second, double level);

}  // namespace genretrack
