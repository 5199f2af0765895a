// Figures that are means of ratios of sums over clips, with intervals over artists. Accuracy, recall,
// precision, balanced accuracy, macro F1, log loss and Brier score are all of this form:
//   figure = mean over r of (sum over clips of numerator r) / (sum over clips of denominator r),
// over the ratios whose denominator is not 0. So one linearised variance and one bootstrap serve them all.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "host/analysis/artist_groups.h"
#include "host/analysis/sign_flip.h"

namespace genretrack {

class RatioFigure {
 public:
  RatioFigure(const ArtistGroups& groups, std::size_t ratios)
      : groups_(groups.count), ratios_(ratios), sums_(2 * groups.count * ratios) {}

  void add(std::size_t group, std::size_t ratio, double numerator, double denominator) {
    sums_[2 * (group * ratios_ + ratio)] += numerator;
    sums_[2 * (group * ratios_ + ratio) + 1] += denominator;
  }

  struct Estimate {
    double value = 0;
    double variance = 0;     // linearised (Taylor), between artists
    std::size_t groups = 0;  // artists that the figure rests on
    double weight = 0;       // of all denominators: clips, where every clip counts once
  };
  // Nothing where every denominator is 0.
  std::optional<Estimate> estimate() const;

  // Interval of a share in [0, 1]: Clopper and Pearson's with the effective number of clips and of degrees of
  // freedom (Korn and Graubard 1998), at most `clips` of them. It keeps its width at 0 and 1. [0, 1] where
  // the figure rests on one artist.
  std::optional<Interval> share_interval(double clips, double level) const;

  // Bootstrap-t over artists (Efron 1981; Cameron, Gelbach and Miller 2008 for groups), for a figure of one
  // ratio: each draw's deviation is divided by its own linearised error. Nothing where the figure rests on
  // one artist.
  std::optional<Interval> bootstrap_t_interval(double level, const ArtistDraws& draws) const;

 private:
  std::size_t groups_, ratios_;
  std::vector<double> sums_;  // (group, ratio, numerator and denominator)
};

}  // namespace genretrack
