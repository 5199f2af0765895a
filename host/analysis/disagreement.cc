#include "host/analysis/disagreement.h"

#include <algorithm>

#include "host/core/error.h"

namespace genretrack {

Disagreement disagreement(const std::vector<double>& first_hits, const std::vector<double>& second_hits) {
  Disagreement result;
  const double share = 1 / static_cast<double>(first_hits.size());
  for (std::size_t clip = 0; clip < first_hits.size(); ++clip) {
    result.disagreement += share * (first_hits[clip] != second_hits[clip]);
    result.double_fault += share * (first_hits[clip] == 0 && second_hits[clip] == 0);
  }
  return result;
}

double oracle_accuracy(const std::vector<std::vector<double>>& hits) {
  const std::size_t clips = hits.front().size();
  double right = 0;
  for (std::size_t clip = 0; clip < clips; ++clip)
    right += std::any_of(hits.begin(), hits.end(), [clip](const auto& one) { return one[clip] > 0; });
  return right / static_cast<double>(clips);
}

Predictions mean_of_predictions(const std::vector<const Predictions*>& members) {
  Predictions mean = *members.front();
  for (std::size_t i = 1; i < members.size(); ++i) {
    const Predictions& other = *members[i];
    if (other.clips != mean.clips || other.genres != mean.genres)
      throw Error(ErrorKind::kData,
                  "predictions can be averaged only on the same clips with the same genres");
    std::transform(mean.probabilities.begin(), mean.probabilities.end(), other.probabilities.begin(),
                   mean.probabilities.begin(), std::plus<>());
  }
  for (double& probability : mean.probabilities) probability /= static_cast<double>(members.size());
  return mean;
}

std::vector<PairedComparison> leave_one_out(const std::vector<const Predictions*>& members,
                                            const ComparisonOptions& options) {
  std::vector<Predictions> without;
  for (std::size_t left_out = 0; left_out < members.size(); ++left_out) {
    std::vector<const Predictions*> others = members;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(left_out));
    without.push_back(mean_of_predictions(others));
  }
  return compare_paired(mean_of_predictions(members), without, options);
}

}  // namespace genretrack
