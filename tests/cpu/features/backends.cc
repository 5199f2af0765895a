// The CPU backend, once per width of its lanes.
#include "host/cpu/features/cpu_feature_extractor.h"
#include "host/cpu/widest_lanes.h"
#include "tests/cpu/features/transforms_test.h"

namespace genretrack::testing {

const std::vector<Backend>& backends() {
  static const std::vector<Backend> all = [] {
    std::vector<Backend> result;
    for (const int lanes : {4, 8, 16})
      result.push_back(
          {"cpu, " + std::to_string(lanes) + " lanes",
           lanes <= widest_lanes() ? "" : "this processor has no " + std::to_string(lanes) + " lanes",
           [=](const FeatureParams& params) { return make_cpu_feature_extractor(params, lanes); }});
    return result;
  }();
  return all;
}

std::unique_ptr<FeatureExtractor> make_other_extractor(const FeatureParams& params) {
  return make_cpu_feature_extractor(params, 4);
}

}  // namespace genretrack::testing
