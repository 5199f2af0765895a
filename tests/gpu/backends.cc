// The CUDA backend on a device. There is no reason to skip: where no device answers, the tests fail.
#include "cuda/features/cuda_feature_extractor.h"
#include "cuda/nn/cuda_network_ops.h"
#include "host/cpu/features/cpu_feature_extractor.h"
#include "tests/cpu/features/transforms_test.h"
#include "tests/cpu/nn/network_backends.h"

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

namespace genretrack::testing_nn {

// cuDNN's sums are in float32, in an order of its own.
const std::vector<NetworkBackend>& network_backends() {
  static const std::vector<NetworkBackend> all = {
      {"cuda", "", [](const NetworkOptions& options) { return make_cuda_network_ops(options); }, 1e-4, 5e-3}};
  return all;
}

}  // namespace genretrack::testing_nn
