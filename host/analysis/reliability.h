// Is a network as sure as it is right? Of each clip's most probable genre: its probability (confidence)
// against whether it is the true one.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "host/analysis/artist_groups.h"
#include "host/analysis/predictions.h"
#include "host/analysis/sign_flip.h"

namespace genretrack {

struct ReliabilityBin {
  std::size_t clips = 0;
  double confidence = 0, accuracy = 0;  // means
  // Where the accuracy of these clips would lie, at the level asked for, if their confidences were true
  // (consistency bars, Broecker and Smith 2007): exact quantiles of a sum of independent hits.
  Interval consistent;
};

struct Reliability {
  std::vector<ReliabilityBin> bins;  // equal numbers of clips, by ascending confidence
  // Expected calibration error: the root of the mean squared difference of confidence and accuracy over
  // bins, less what finite bins add to it (Kumar, Liang and Ma 2019); 0 where that leaves nothing.
  double error = 0;
  // Over artists: a t interval of the squared error, its variance and its bias from a bootstrap of artists in
  // the same bins. It always holds `error`. Nothing where there is one artist.
  std::optional<Interval> interval;
};

// Ten clips in a bin, where there are so many; at least two bins and at most fifteen.
std::size_t reliability_bins(std::size_t clips);

// Throws Error(kData) for fewer than four clips.
Reliability reliability(const Predictions& predictions, std::size_t bins, double level,
                        const ArtistDraws& draws);

}  // namespace genretrack
