// The module as the program opens it, where it was built.
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>

#include "host/backend/cuda_module.h"
#include "host/backend/device.h"
#include "host/core/error.h"

namespace genretrack::testing {
namespace {

class Module : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto folder = std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path();
    const std::string path = folder / kCudaModuleFile;
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "this build has no CUDA module";
    module_ = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    ASSERT_NE(module_, nullptr) << dlerror();
  }
  template <class Function>
  Function find(const char* name) const {
    const auto function = reinterpret_cast<Function>(dlsym(module_, name));
    EXPECT_NE(function, nullptr) << name;
    return function;
  }
  void* module_ = nullptr;
};

TEST_F(Module, BelongsToThisProgram) {
  CudaProbe probe{};
  find<CudaProbeFunction>(kCudaProbeFunction)(&probe, sizeof probe);
  EXPECT_EQ(probe.module_version, kCudaModuleVersion);
  EXPECT_EQ(std::string(probe.program_version), GENRETRACK_VERSION);
  EXPECT_EQ(probe.params_size, sizeof(FeatureParams));
  EXPECT_GE(probe.runtime_version, 13000);
  EXPECT_TRUE(probe.device_count > 0 || probe.error[0] != '\0');
  CudaLibraries libraries;
  find<CudaLibrariesFunction>(kCudaLibrariesFunction)(&libraries);
  EXPECT_GE(libraries.cufft_version, 12000);
}

// An exception that is thrown in the module is caught as what it is.
TEST_F(Module, ErrorsCrossItsBorder) {
  const auto make = find<CudaExtractorFunction>(kCudaExtractorFunction);
  FeatureParams params;
  params.n_mels = 0;
  try {
    const std::unique_ptr<FeatureExtractor> extractor(make(&params));
    ADD_FAILURE() << "made an extractor of no bands";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("n_mels is 0"), std::string::npos) << error.what();
  }
}

// That of networks says what it belongs to, and opens without a device.
TEST_F(Module, NetworksNeedADevice) {
  CudaProbe probe{};
  find<CudaProbeFunction>(kCudaProbeFunction)(&probe, sizeof probe);
  const auto folder = std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path();
  module_ = dlopen((folder / kCudaNetworksFile).c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  ASSERT_NE(module_, nullptr) << dlerror();
  const auto belong = find<CudaNetworksBelongFunction>(kCudaNetworksBelongFunction);
  EXPECT_EQ(belong(kCudaModuleVersion, GENRETRACK_VERSION, sizeof(NetworkOptions)), 1);
  EXPECT_EQ(belong(kCudaModuleVersion - 1, GENRETRACK_VERSION, sizeof(NetworkOptions)), 0);
  EXPECT_EQ(belong(kCudaModuleVersion, "0.0.1", sizeof(NetworkOptions)), 0);
  EXPECT_EQ(belong(kCudaModuleVersion, GENRETRACK_VERSION, 1), 0);
  const auto make = find<CudaNetworkFunction>(kCudaNetworkFunction);
  NetworkOptions options;
  options.precision = Precision::kFloat16;
  EXPECT_THROW(std::unique_ptr<NetworkOps>(make(&options)), Error);  // before a device is looked for
  if (probe.device_count > 0) GTEST_SKIP() << "a device answers";
  options.precision = Precision::kFloat32;
  try {
    const std::unique_ptr<NetworkOps> ops(make(&options));
    ADD_FAILURE() << "made a network without a device";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUnsupported);
    EXPECT_NE(std::string(error.what()).find("--device cpu"), std::string::npos) << error.what();
  }
}

// What the backend promises on any machine, with or without a device.
TEST(Resolve, ADeviceThatCannotIsRefusedAndAutoFindsOneThatCan) {
  FeatureParams params;
  EXPECT_EQ(resolve(Device::kCpu, params), Device::kCpu);
  bool usable = false;
  for (const DeviceReport& report : list_devices())
    if (report.name == "cuda") usable = report.usable;
  EXPECT_EQ(resolve(Device::kAuto, params), usable ? Device::kCuda : Device::kCpu);
  EXPECT_EQ(resolve(Device::kAuto), usable ? Device::kCuda : Device::kCpu) << "networks";
  if (usable) return;
  try {
    resolve(Device::kCuda);
    ADD_FAILURE() << "networks on CUDA";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUnsupported);
    EXPECT_EQ(std::string(error.what()).rfind("--device cuda: ", 0), 0u) << error.what();
  }
  EXPECT_THROW(make_network_ops(Device::kCuda, {}), Error);
  EXPECT_THROW(resolve(Device::kCuda, params), Error);
  EXPECT_THROW(make_feature_extractor(Device::kCuda, params), Error);
}

}  // namespace
}  // namespace genretrack::testing
