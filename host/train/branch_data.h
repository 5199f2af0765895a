// What one branch sees of a data set: its transform for every clip of a fold, standardised by the training
// part.
#pragma once

#include <string>
#include <vector>

#include "host/backend/network_ops.h"
#include "host/cache/feature_cache.h"
#include "host/dataset/split.h"

namespace genretrack {

// One fold of a data set, its clips renumbered: first train, then validation, then test.
struct FoldClips {
  std::vector<std::string> ids, artists;  // per clip
  std::vector<std::size_t> labels;        // index into genres, per clip
  std::vector<std::string> genres;
  std::vector<std::size_t> train, validation, test;  // positions in the lists above
  std::vector<std::size_t> cache_rows;               // of the feature cache, per clip
  std::vector<int> usable;                           // usable frames, per clip
  const char* part(std::size_t clip) const;          // "train", "validation" or "test"
};

// Throws Error(kData) for a clip that the cache does not have.
FoldClips select_fold(const Dataset& dataset, const Fold& fold, const FeatureCache& cache, int segment);

struct BranchData {
  Transform transform = Transform::kSpectrogram;
  bool decibel = false;  // its values are levels
  int rows = 0, frames = 0;
  std::vector<float> features;     // (clips of the fold, rows, frames), raw
  std::vector<float> mean, scale;  // (rows), of the usable frames of the training part: (x - mean) * scale
  FeatureSource source() const;
};
BranchData load_branch(const FeatureCache& cache, Transform transform, const FoldClips& clips, int threads);

}  // namespace genretrack
