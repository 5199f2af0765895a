// Crops of features that lie on the device as a network's input.
#pragma once

#include <span>

#include "cuda/nn/plan.h"

namespace genretrack::cuda {

class FeatureInput {
 public:
  // Copies the features to the device. Throws Error(kFailure) where the source's sizes do not fit each other.
  explicit FeatureInput(const FeatureSource& source);

  int rows() const { return rows_; }
  // Throws Error(kFailure) for a crop that lies outside the source or cannot be.
  void check(std::span<const Crop> crops, int width) const;
  // `crops`: (N) on the device, checked. Queued; every value is standardised.
  void gather(const Crop* crops, const Value& to, cudaStream_t stream) const;

 private:
  std::size_t clips_ = 0;
  int rows_ = 0, frames_ = 0;
  DeviceArray<float> features_, mean_, scale_;
};

}  // namespace genretrack::cuda
