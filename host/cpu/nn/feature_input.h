// Crops of features as a network's input.
#pragma once

#include <span>
#include <vector>

#include "host/backend/network_ops.h"

namespace genretrack::cpu {

class FeatureInput {
 public:
  // Throws Error(kFailure) where the source's sizes do not fit each other. Keeps a view of the features.
  explicit FeatureInput(FeatureSource source);
  // crops.size() x (rows, width) into `to`, each row standardised. Throws Error(kFailure) for a crop that
  // lies outside the source.
  void gather(std::span<const Crop> crops, int width, float* to) const;
  int rows() const { return source_.rows; }

 private:
  FeatureSource source_;
  std::size_t clips_ = 0;
};

}  // namespace genretrack::cpu
