#pragma once

#include <memory>

#include "host/backend/feature_extractor.h"

namespace genretrack {

// Clips that go to the device together, and those that the caller does best to bring in one call: two chunks
// are under way at a time, one computing while the other is copied.
struct ChunkLimits {
  int clips = 16;
  int preferred_batch = 64;
};

// An extractor on the first device that answers. Throws what check() does; Error(kUnsupported) for parameters
// that it does not compute yet, and where no device answers or its memory does not hold a single clip.
std::unique_ptr<FeatureExtractor> make_cuda_feature_extractor(const FeatureParams& params,
                                                              const ChunkLimits& limits = {});

}  // namespace genretrack
