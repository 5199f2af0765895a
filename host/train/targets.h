// What a network shall answer: rows of targets for the segments of a batch.
#pragma once

#include <span>
#include <vector>

#include "host/backend/network_ops.h"
#include "host/spec/experiment.h"
#include "host/train/branch_data.h"

namespace genretrack {

class Targets {
 public:
  // `segment` in frames: a genre's weight counts its training segments.
  Targets(const TrainingSpec& training, const FoldClips& clips, int segment);

  // (crops, genres): (1 - label_smoothing) of the genre plus label_smoothing / genres everywhere, times the
  // genre's weight; of two mixed crops the same mixture of theirs.
  std::span<const float> of(std::span<const Crop> crops);
  // 1 for every genre without class weights; else segments / (genres * segments of the genre), whose mean
  // over all training segments is 1.
  const std::vector<double>& weights() const { return weights_; }

 private:
  void add(std::int32_t clip, double share, float* row) const;

  const FoldClips& clips_;
  double smoothing_;
  std::vector<double> weights_;  // per genre
  std::vector<float> rows_;
};

}  // namespace genretrack
