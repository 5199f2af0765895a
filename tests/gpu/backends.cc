// The CUDA backend on a device. There is no reason to skip: where no device answers, the tests fail.
#include "cuda/features/cuda_feature_extractor.h"
#include "host/cpu/features/cpu_feature_extractor.h"
#include "tests/cpu/features/transforms_test.h"

namespace genretrack::testing {

const std::vector<Backend>& backends() {
  static const std::vector<Backend> all = {
      {"cuda", "", [](const FeatureParams& params) { return make_cuda_feature_extractor(params); }}};
  return all;
}

std::unique_ptr<FeatureExtractor> make_other_extractor(const FeatureParams& params) {
  return make_cpu_feature_extractor(params);
}

}  // namespace genretrack::testing
