// What a recording is made of, from probabilities of windows along it: shares with intervals that respect
// that neighbouring windows resemble each other, a smooth course over time, and the places where the mixture
// changes. Rows of `shares` are windows in order of time, columns genres: (windows, genres), rows sum to 1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "host/analysis/sign_flip.h"

namespace genretrack {

struct Component {
  double share = 0;                  // mean over windows
  std::optional<Interval> interval;  // nothing where windows are too few to say
};
inline constexpr std::size_t kLeastBlocks = 4;

// t intervals of the means. Their variances come from the series' projections on cosine waves of the lowest
// frequencies, and t has as many degrees of freedom as there are waves: 0.4 * windows^(2/3) (Lazarus, Lewis,
// Stock and Watson 2018), and fewer, (windows / autocorrelation time)^(2/3), where a share remembers for
// longer than four windows. Nothing where there are fewer than kLeastBlocks times twice the autocorrelation
// time of the share that has the longest, or times `spacing`, the number of windows after which two share no
// sound. The interval says what other passages of such a recording could have given, not whether the model is
// right.
std::vector<Component> components(std::span<const double> shares, std::size_t genres, std::size_t spacing,
                                  double level);

// Number of windows after which a share has forgotten itself: 1 + 2 * sum of autocorrelations up to the first
// that is not positive; at least 1.
double autocorrelation_time(std::span<const double> shares, std::size_t genres, std::size_t genre);

// Mean of the windows around each, with weights of a Gaussian of `deviation` windows, cut at three deviations
// and at the ends. A kernel keeps shares of what sounds at the same time, which a hidden Markov chain would
// decide for one of them. 0: as they are.
std::vector<double> smoothed(std::span<const double> shares, std::size_t genres, double deviation);

// First windows of the sections behind the first: where the mean of the square roots of the shares (their
// squared distance is Hellinger's) changes. PELT (Killick, Fearnhead and Eckley 2012) with squared error and
// the penalty 5 * variance * log(windows) per change; `spacing` is the number of windows after which two
// share no sound: the variance is taken between those, and the penalty is that many times as high, since
// windows that overlap are less news. Sections have at least `least` windows.
std::vector<std::size_t> section_starts(std::span<const double> shares, std::size_t genres,
                                        std::size_t spacing, std::size_t least);

}  // namespace genretrack
