// The CPU implementation of NetworkOps, on oneDNN in blocked layouts. Steps are deterministic: the same calls
// give the same bytes for the same number of threads on the same machine.
#pragma once

#include <memory>

#include "host/backend/network_ops.h"

namespace genretrack {

struct CpuNetworkOptions {
  int batch = 1;
  int threads = 1;  // of OpenMP, in every call of this object
  // Batch norm, ReLU and pooling by oneDNN's primitives instead of our fused passes: the reference in tests.
  bool primitives_only = false;
};

// Throws Error(kFailure) where batch or threads are below 1.
std::unique_ptr<NetworkOps> make_cpu_network_ops(const CpuNetworkOptions& options);
std::unique_ptr<NetworkOps> make_cpu_network_ops(int batch, int threads);

}  // namespace genretrack
