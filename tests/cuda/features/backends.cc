// The CUDA backend: emulated on the CPU, which always runs, and on a device.
#include <cstdlib>

#include "cuda/features/cuda_feature_extractor.h"
#include "host/backend/device.h"
#include "tests/cpu/features/transforms_test.h"

namespace genretrack::testing {
namespace {

// Why no device can be tested; where one is required (tests/gpu.sh), the tests run and tell.
std::string why_no_device() {
  if (std::getenv("GENRETRACK_REQUIRE_CUDA")) return "";
  for (const DeviceReport& report : list_devices())
    if (report.name == "cuda" && !report.usable) return "no CUDA device: " + report.description;
  return "";
}

}  // namespace

const std::vector<Backend>& backends() {
  static const std::vector<Backend> all = {
      {"cuda on cpu", "",
       [](const FeatureParams& params) { return make_cuda_feature_extractor(params, {.clips = 2}); }},
      {"cuda", why_no_device(),
       [](const FeatureParams& params) { return make_feature_extractor(Device::kCuda, params); }}};
  return all;
}

std::unique_ptr<FeatureExtractor> make_other_extractor(const FeatureParams& params) {
  return make_feature_extractor(Device::kCpu, params);
}

}  // namespace genretrack::testing
