#pragma once

#include <memory>

#include "host/backend/feature_extractor.h"

namespace genretrack {

// An extractor for one thread, with the widest SIMD lanes that this processor runs. Throws what check() does.
std::unique_ptr<FeatureExtractor> make_cpu_feature_extractor(const FeatureParams& params);

// The same with 16, 8 or 4 lanes. Throws Error(kUnsupported) where the processor lacks the instructions.
std::unique_ptr<FeatureExtractor> make_cpu_feature_extractor(const FeatureParams& params, int lanes);

}  // namespace genretrack
