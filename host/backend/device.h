// What can run here, and makers of the two seams.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "host/backend/feature_extractor.h"
#include "host/backend/network_ops.h"

namespace genretrack {

enum class Device { kAuto, kCpu, kCuda };

struct DeviceReport {
  std::string name;         // "cpu", "cuda"
  bool compiled = false;    // in this build
  bool usable = false;      // answers here
  std::string description;  // processor and instruction set, or why it is not usable
  std::vector<std::pair<std::string, std::string>> details;  // versions, memory, ...: what, value
};
std::vector<DeviceReport> list_devices();

// The device that computes transforms with these parameters. kAuto becomes one that answers; where that is
// the CPU although there is a CUDA module, a message says why. Throws Error(kUnsupported) with the reason
// where `wanted` cannot run, and what check() throws.
Device resolve(Device wanted, const FeatureParams& params);

// The same for networks.
Device resolve(Device wanted);

// One extractor for one thread. `threads` are those of one call; caching makes one extractor per thread.
std::unique_ptr<FeatureExtractor> make_feature_extractor(Device device, const FeatureParams& params);

// An empty network. Throws Error(kUnsupported) for a precision that the device does not have.
std::unique_ptr<NetworkOps> make_network_ops(Device device, const NetworkOptions& options);

}  // namespace genretrack
