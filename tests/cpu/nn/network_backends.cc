// The CPU backend, with batch norm of our own and with the library's.
#include "tests/cpu/nn/network_backends.h"

#include "host/cpu/nn/cpu_network_ops.h"

namespace genretrack::testing_nn {

const std::vector<NetworkBackend>& network_backends() {
  static const std::vector<NetworkBackend> all = {
      {"cpu", "", [](const NetworkOptions& options) { return make_cpu_network_ops(options); }},
      {"cpu primitives", "",
       [](const NetworkOptions& options) { return make_cpu_network_ops(options, Fused::kPrimitives); }, 2e-5,
       1e-3, false}};
  return all;
}

}  // namespace genretrack::testing_nn
