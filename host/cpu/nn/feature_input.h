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
  // crops.size() x (rows, width) into `to`, changed as the crops say (augment.h) and each row standardised.
  // Throws Error(kFailure) for a crop that check_crops() refuses.
  void gather(std::span<const Crop> crops, int width, float* to) const;
  int rows() const { return source_.rows; }

 private:
  // Frames `first` .. of a row of a crop before its mixing.
  void write_row(const Crop& crop, int row, int first, int count, float* to) const;
  void add_noise_and_standardise(const Crop& crop, int row, int first, int count, float* values) const;

  FeatureSource source_;
  std::size_t clips_ = 0;
};

}  // namespace genretrack::cpu
