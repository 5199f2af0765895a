#include "host/nn/fusion.h"

namespace genretrack {

std::vector<double> late_fusion(std::span<const std::vector<double>> branches) {
  std::vector<double> mean(branches.front().size());
  for (const std::vector<double>& branch : branches)
    for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += branch[i];
  for (double& value : mean) value /= static_cast<double>(branches.size());
  return mean;
}

}  // namespace genretrack
