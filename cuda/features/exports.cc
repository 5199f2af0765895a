// The extractor's side of host/backend/cuda_module.h.
#include <cstdio>

#include "cuda/features/cuda_feature_extractor.h"
#include "host/backend/cuda_module.h"

extern "C" __attribute__((visibility("default"))) void genretrack_cuda_why_not(
    const genretrack::FeatureParams* params, char* reason, std::size_t size) {
  std::snprintf(reason, size, "%s", genretrack::why_not_on_cuda(*params).c_str());
}

extern "C" __attribute__((visibility("default"))) genretrack::FeatureExtractor*
genretrack_cuda_make_feature_extractor(const genretrack::FeatureParams* params) {
  return genretrack::make_cuda_feature_extractor(*params).release();
}
