// The extractor's side of host/backend/cuda_module.h.
#include "cuda/features/cuda_feature_extractor.h"
#include "host/backend/cuda_module.h"

extern "C" __attribute__((visibility("default"))) genretrack::FeatureExtractor*
genretrack_cuda_make_feature_extractor(const genretrack::FeatureParams* params) {
  return genretrack::make_cuda_feature_extractor(*params).release();
}
