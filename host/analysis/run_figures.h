// The figures of one set of predictions, each with its interval over artists.
#pragma once

#include <optional>
#include <vector>

#include "host/analysis/artist_groups.h"
#include "host/analysis/metrics.h"
#include "host/analysis/sign_flip.h"

namespace genretrack {

// Intervals of shares (accuracy, balanced accuracy, macro F1, recall, precision) are Korn and Graubard's,
// those of log loss and Brier score are bootstrap-t's (ratio_figures.h). Nothing where a figure rests on one
// artist and knows no bounds, or on no clip at all.
struct RunFigures {
  std::optional<Interval> accuracy, balanced_accuracy, macro_f1, log_loss, brier;
  std::vector<std::optional<Interval>> recall, precision;  // per genre
};
RunFigures figure_intervals(const Predictions& predictions, double level, const ArtistDraws& draws);
RunFigures figure_intervals(const Predictions& predictions, double level);  // with the usual draws

// The draws that suit these predictions, the same every time.
ArtistDraws usual_draws(const Predictions& predictions);

}  // namespace genretrack
