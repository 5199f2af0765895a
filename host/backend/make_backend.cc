// The only file that knows every backend, and the only one that looks for and opens the CUDA module.
#include <dlfcn.h>
#include <spdlog/spdlog.h>

#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <utility>

#include "host/backend/cuda_module.h"
#include "host/backend/device.h"
#include "host/core/error.h"
#include "host/cpu/features/cpu_feature_extractor.h"
#include "host/cpu/nn/cpu_network_ops.h"
#include "host/cpu/widest_lanes.h"

namespace genretrack {
namespace {

std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  constexpr std::string_view key = "model name";
  for (std::string line; std::getline(file, line);) {
    if (line.compare(0, key.size(), key) != 0) continue;
    const std::size_t value = line.find(": ");
    if (value != std::string::npos) return line.substr(value + 2);
  }
  return "unknown processor";
}

// The widest, unless the environment asks for fewer: to measure, and to see on one machine what another
// gives.
int lanes_to_use() {
  const char* asked = std::getenv("GENRETRACK_LANES");
  if (asked == nullptr) return widest_lanes();
  const std::string_view text(asked);
  int lanes = 0;
  std::from_chars(text.data(), text.data() + text.size(), lanes);
  if ((lanes != 4 && lanes != 8 && lanes != 16) || text != std::to_string(lanes))
    throw Error(ErrorKind::kUsage, "GENRETRACK_LANES is \"" + std::string(text) +
                                       "\", expected 4, 8 or 16; or unset it for the widest there are");
  if (lanes > widest_lanes())
    throw Error(ErrorKind::kUnsupported, "GENRETRACK_LANES is " + std::to_string(lanes) +
                                             ", and this processor runs up to " +
                                             std::to_string(widest_lanes()) + "; unset it");
  return lanes;
}

DeviceReport cpu_report() {
  return {.name = "cpu",
          .compiled = true,
          .usable = true,
          .description =
              processor_name() + ", " + std::to_string(lanes_to_use()) + " frames side by side in SIMD lanes",
          .details = {}};
}

// Beside the program, in lib/ of its prefix, or (for the tests' programs) at the top of the build tree.
std::filesystem::path find_cuda_module() {
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return {};
  const std::filesystem::path folder = program.parent_path();
  for (const auto& candidate :
       {folder, folder.parent_path() / GENRETRACK_LIBRARY_FOLDER, folder.parent_path()}) {
    std::filesystem::path module = candidate / kCudaModuleFile;
    if (std::filesystem::exists(module, error)) return module;
  }
  return {};
}

std::string version_text(int version) {
  return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

// The runtime calls a missing driver "insufficient", which sends people looking for an update.
std::string why_no_device(const CudaProbe& probe) {
  if (probe.driver_version == 0) return "no NVIDIA driver on this machine";
  if (probe.error[0] != '\0')
    return std::string(probe.error) + " (module for CUDA " + version_text(probe.runtime_version) +
           ", driver for CUDA " + version_text(probe.driver_version) + ")";
  return "the driver answers, but there is no device";
}

// The module, opened on first use and kept open: CUDA does not survive being unloaded.
struct CudaModule {
  bool found = false;
  std::string unusable;  // why; empty where a device answers
  CudaProbe probe{};
  CudaLibrariesFunction libraries = nullptr;
  CudaExtractorFunction make_extractor = nullptr;
  std::filesystem::path path;
};

// That of networks, opened only where a device answers.
struct CudaNetworks {
  std::string unusable;  // why; empty where it can be used
  CudaNetworkFunction make = nullptr;
};

template <class Function>
void find(void* module, const char* name, Function& function) {
  function = module ? reinterpret_cast<Function>(dlsym(module, name)) : nullptr;
}

CudaModule open_cuda_module() {
  CudaModule cuda;
  const std::filesystem::path path = find_cuda_module();
  cuda.found = !path.empty();
  cuda.path = path;
  if (!cuda.found) {
    cuda.unusable = "not in this build: configure it with the preset cuda (docs/gpu.md)";
    return cuda;
  }
  void* module = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  CudaProbeFunction probe = nullptr;
  find(module, kCudaProbeFunction, probe);
  if (!probe) {
    const char* reason = dlerror();
    cuda.unusable = "the module cannot be opened: " + std::string(reason ? reason : path.string());
    return cuda;
  }
  probe(&cuda.probe, sizeof cuda.probe);
  // Before version 2, the probe ends earlier than what else is compared here.
  const bool same = cuda.probe.module_version == kCudaModuleVersion &&
                    std::string_view(cuda.probe.program_version) == GENRETRACK_VERSION &&
                    cuda.probe.params_size == sizeof(FeatureParams);
  if (same) {
    find(module, kCudaLibrariesFunction, cuda.libraries);
    find(module, kCudaExtractorFunction, cuda.make_extractor);
  }
  if (!cuda.libraries || !cuda.make_extractor)
    cuda.unusable = path.string() + " belongs to another version of the program: build both together";
  else if (cuda.probe.device_count == 0)
    cuda.unusable = why_no_device(cuda.probe);
  return cuda;
}

const CudaModule& cuda_module() {
  static const CudaModule module = open_cuda_module();
  return module;
}

CudaNetworks open_cuda_networks() {
  CudaNetworks networks;
  const std::filesystem::path path = cuda_module().path.parent_path() / kCudaNetworksFile;
  void* module = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  CudaNetworksBelongFunction belong = nullptr;
  find(module, kCudaNetworksBelongFunction, belong);
  if (!belong) {
    const char* reason = dlerror();
    networks.unusable =
        "the module of networks cannot be opened: " + std::string(reason ? reason : path.string());
  } else if (belong(kCudaModuleVersion, GENRETRACK_VERSION, sizeof(NetworkOptions)) != 1) {
    networks.unusable = path.string() + " belongs to another version of the program: build both together";
  } else {
    find(module, kCudaNetworkFunction, networks.make);
    if (!networks.make) networks.unusable = path.string() + " makes no networks: build it again";
  }
  return networks;
}

const CudaNetworks& cuda_networks() {
  static const CudaNetworks networks = open_cuda_networks();
  return networks;
}

std::string dotted(int major, int minor, int patch) {
  return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
}

std::vector<std::pair<std::string, std::string>> cuda_details(const CudaModule& cuda) {
  CudaLibraries libraries{};
  cuda.libraries(&libraries);
  const int fft = libraries.cufft_version, dnn = libraries.cudnn_version;
  std::vector<std::pair<std::string, std::string>> details = {
      {"computes", std::filesystem::exists(cuda.path.parent_path() / kCudaNetworksFile)
                       ? "transforms, networks"
                       : "transforms; the module of networks is not beside that of transforms"},
      {"architectures", cuda.probe.architectures},
      {"runtime", version_text(cuda.probe.runtime_version)},
      {"driver",
       cuda.probe.driver_version == 0 ? "none" : "for CUDA " + version_text(cuda.probe.driver_version)},
      {"cuFFT", dotted(fft / 1000, fft % 1000 / 100, fft % 100)},
      {"cuDNN", dnn == 0 ? "not found" : dotted(dnn / 10000, dnn % 10000 / 100, dnn % 100)}};
  for (int i = 0; i < cuda.probe.device_count; ++i) {
    const CudaDeviceInfo& device = cuda.probe.devices[i];
    details.emplace_back("device " + std::to_string(i),
                         std::string(device.name) + ", compute capability " + std::to_string(device.major) +
                             "." + std::to_string(device.minor) + ", " +
                             std::to_string(device.memory_bytes >> 30) + " GiB");
  }
  return details;
}

DeviceReport cuda_report() {
  const CudaModule& cuda = cuda_module();
  DeviceReport report{.name = "cuda",
                      .compiled = cuda.found,
                      .usable = cuda.unusable.empty(),
                      .description = cuda.unusable,
                      .details = {}};
  if (cuda.libraries) report.details = cuda_details(cuda);
  if (report.usable) report.description = cuda.probe.devices[0].name;
  return report;
}

[[noreturn]] void refuse_cuda(const std::string& why) {
  throw Error(ErrorKind::kUnsupported, "--device cuda: " + why + "; use --device cpu or auto");
}

}  // namespace

std::vector<DeviceReport> list_devices() { return {cpu_report(), cuda_report()}; }

namespace {

// `what` is computed where CUDA is not `unusable`.
Device resolve(Device wanted, const char* what, const std::string& unusable) {
  if (unusable.empty()) return Device::kCuda;
  if (wanted == Device::kCuda) refuse_cuda(unusable);
  if (cuda_module().found) spdlog::info("{} are computed on the CPU; cuda: {}", what, unusable);
  return Device::kCpu;
}

}  // namespace

Device resolve(Device wanted) {
  if (wanted == Device::kCpu) return Device::kCpu;
  const std::string& unusable = cuda_module().unusable;
  return resolve(wanted, "networks", unusable.empty() ? cuda_networks().unusable : unusable);
}

Device resolve(Device wanted, const FeatureParams& params) {
  check(params);
  return wanted == Device::kCpu ? wanted : resolve(wanted, "transforms", cuda_module().unusable);
}

std::unique_ptr<FeatureExtractor> make_feature_extractor(Device device, const FeatureParams& params) {
  if (device != Device::kCpu && resolve(device, params) == Device::kCuda)
    return std::unique_ptr<FeatureExtractor>(cuda_module().make_extractor(&params));
  return make_cpu_feature_extractor(params, lanes_to_use());
}

std::unique_ptr<NetworkOps> make_network_ops(Device device, const NetworkOptions& options) {
  if (device != Device::kCpu && resolve(device) == Device::kCuda)
    return std::unique_ptr<NetworkOps>(cuda_networks().make(&options));
  return make_cpu_network_ops(options);
}

}  // namespace genretrack
