// The CUDA backend: emulated on the CPU, which always runs, and on a device.
#include "tests/cpu/nn/network_backends.h"

#include <cstdlib>

#include "cuda/nn/cuda_network_ops.h"
#include "host/backend/device.h"

namespace genretrack::testing_nn {
namespace {

// Why no device can be tested; where one is required (tests/gpu.sh), the tests run and tell.
std::string why_no_device() {
  if (std::getenv("GENRETRACK_REQUIRE_CUDA")) return "";
  for (const DeviceReport& report : list_devices())
    if (report.name == "cuda" && !report.usable) return "no CUDA device: " + report.description;
  return "";
}

}  // namespace

const std::vector<NetworkBackend>& network_backends() {
  static const std::vector<NetworkBackend> all = {
      {"cuda on cpu", "", [](const NetworkOptions& options) { return make_cuda_network_ops(options); }},
      {"cuda", why_no_device(),
       [](const NetworkOptions& options) { return make_network_ops(Device::kCuda, options); }}};
  return all;
}

}  // namespace genretrack::testing_nn
