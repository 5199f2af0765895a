// What the tests of networks run on; tests/cpu and tests/cuda compile the same tests.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "host/backend/network_ops.h"

namespace genretrack::testing_nn {

struct NetworkBackend {
  std::string name;
  std::string absent;  // why it cannot run here; empty where it can
  std::function<std::unique_ptr<NetworkOps>(const NetworkOptions&)> make;
  // The largest difference from the reference by the largest value, and of a gradient from the reference's
  // central differences.
  double tolerance = 2e-5, gradient_tolerance = 1e-3;
  bool in_use = true;  // false: only here to be compared with
};
const std::vector<NetworkBackend>& network_backends();  // each program has its own

inline std::vector<std::string> network_backend_names() {
  std::vector<std::string> names;
  for (const NetworkBackend& backend : network_backends()) names.push_back(backend.name);
  return names;
}

// Those that the program uses.
inline std::vector<std::string> used_backend_names() {
  std::vector<std::string> names;
  for (const NetworkBackend& backend : network_backends())
    if (backend.in_use) names.push_back(backend.name);
  return names;
}

inline const NetworkBackend& network_backend(const std::string& name) {
  return *std::ranges::find(network_backends(), name, &NetworkBackend::name);
}

// A name as a part of a test's: letters and digits.
inline std::string test_name(std::string name) {
  std::erase_if(name, [](unsigned char c) { return !std::isalnum(c); });
  return name;
}

inline std::string backend_case_name(const ::testing::TestParamInfo<std::string>& test) {
  return test_name(test.param);
}

// Tests run once per backend, where it is present.
class EachNetworkBackend : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (!backend().absent.empty()) GTEST_SKIP() << backend().absent;
  }
  const NetworkBackend& backend() const { return network_backend(GetParam()); }
  std::unique_ptr<NetworkOps> make(const NetworkOptions& options) const { return backend().make(options); }
};

}  // namespace genretrack::testing_nn
