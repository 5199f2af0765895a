// The only file that knows every backend, and the only one that looks for and opens the CUDA module.
#include <dlfcn.h>

#include <filesystem>
#include <fstream>
#include <string_view>

#include "host/backend/cuda_module.h"
#include "host/backend/device.h"
#include "host/core/error.h"
#include "host/cpu/features/cpu_feature_extractor.h"
#include "host/cpu/features/kernels.h"
#include "host/cpu/nn/cpu_network_ops.h"

namespace genretrack {
namespace {

constexpr const char* kCpuOnly =
    "this version computes transforms and networks on the CPU only; use --device cpu or auto";

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

DeviceReport cpu_report() {
  return {.name = "cpu",
          .compiled = true,
          .usable = true,
          .description = processor_name() + ", " + std::to_string(widest_lanes()) +
                         " frames side by side in SIMD lanes"};
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

std::string describe(const CudaProbe& probe) {
  std::string text = "CUDA " + version_text(probe.runtime_version) + " for architectures " +
                     probe.architectures + ", driver for CUDA " + version_text(probe.driver_version);
  for (int i = 0; i < probe.device_count; ++i) {
    const CudaDeviceInfo& device = probe.devices[i];
    text += "; " + std::string(device.name) + " (compute capability " + std::to_string(device.major) + "." +
            std::to_string(device.minor) + ", " + std::to_string(device.memory_bytes >> 30) + " GiB)";
  }
  return text;
}

// The runtime calls a missing driver "insufficient", which sends people looking for an update.
std::string why_no_device(const CudaProbe& probe) {
  if (probe.driver_version == 0) return "no NVIDIA driver on this machine";
  if (probe.error[0] != '\0')
    return std::string(probe.error) + " (module for CUDA " + version_text(probe.runtime_version) +
           ", driver for CUDA " + version_text(probe.driver_version) + ")";
  return "the driver answers, but there is no device";
}

// Opens the module on each call and keeps it open: CUDA does not survive being unloaded.
DeviceReport cuda_report() {
  DeviceReport report{.name = "cuda", .compiled = false, .usable = false, .description = {}};
  const std::filesystem::path path = find_cuda_module();
  if (path.empty()) {
    report.description = "not in this build: configure it with the preset cuda (docs/gpu.md)";
    return report;
  }
  report.compiled = true;
  void* module = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  void* function = module ? dlsym(module, kCudaProbeFunction) : nullptr;
  if (!function) {
    const char* reason = dlerror();
    report.description = "the module cannot be opened: " + std::string(reason ? reason : path.string());
    return report;
  }
  CudaProbe probe;
  reinterpret_cast<CudaProbeFunction>(function)(&probe);
  if (probe.module_version != kCudaModuleVersion) {
    report.description = path.string() + " belongs to another version of the program: build both together";
  } else if (probe.device_count == 0) {
    report.description = why_no_device(probe);
  } else {
    report.usable = true;
    report.description = describe(probe) + "; " + kCpuOnly;
  }
  return report;
}

void require_cpu(Device device) {
  if (device == Device::kCuda) resolve(device);  // throws, with the reason
}

}  // namespace

std::vector<DeviceReport> list_devices() { return {cpu_report(), cuda_report()}; }

Device resolve(Device wanted) {
  if (wanted != Device::kCuda) return Device::kCpu;
  const DeviceReport report = cuda_report();
  throw Error(ErrorKind::kUnsupported,
              "--device cuda: " + (report.usable ? std::string(kCpuOnly)
                                                 : report.description + "; use --device cpu or auto"));
}

std::unique_ptr<FeatureExtractor> make_feature_extractor(Device device, const FeatureParams& params) {
  require_cpu(device);
  return make_cpu_feature_extractor(params);
}

std::unique_ptr<NetworkOps> make_network_ops(Device device, int batch, int threads) {
  require_cpu(device);
  return make_cpu_network_ops(batch, threads);
}

}  // namespace genretrack
