// How much networks differ: what merging them could gain at most.
#pragma once

#include <cstddef>
#include <vector>

#include "host/analysis/paired_comparison.h"
#include "host/analysis/predictions.h"

namespace genretrack {

// Shares of clips, of two networks on the same clips (Kuncheva and Whitaker 2003).
struct Disagreement {
  double disagreement = 0;  // exactly one is right
  double double_fault = 0;  // both are wrong
};
Disagreement disagreement(const std::vector<double>& first_hits, const std::vector<double>& second_hits);

// The share of clips that at least one has right: no choice among them can have more.
double oracle_accuracy(const std::vector<std::vector<double>>& hits);

// Mean of probabilities, clip by clip. All have the same clips and genres; throws Error(kData) otherwise.
Predictions mean_of_predictions(const std::vector<const Predictions*>& members);

// For each member, the mean of all others held against the mean of all, as one family: `gain` is what leaving
// it out does, negative where the member helps. Wants at least two members.
std::vector<PairedComparison> leave_one_out(const std::vector<const Predictions*>& members,
                                            const ComparisonOptions& options = {});

}  // namespace genretrack
