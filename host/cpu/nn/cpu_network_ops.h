// The CPU implementation of NetworkOps, on oneDNN in blocked layouts. Steps are deterministic: the same calls
// give the same bytes for the same number of threads on the same machine.
#pragma once

#include <memory>

#include "host/backend/network_ops.h"

namespace genretrack {

// Batch norm, ReLU and pooling: our fused passes, or oneDNN's primitives, the reference in tests.
enum class Fused { kOwn, kPrimitives };

// Throws Error(kFailure) where batch or threads are below 1, Error(kUnsupported) for a precision that this
// processor does not have.
std::unique_ptr<NetworkOps> make_cpu_network_ops(const NetworkOptions& options, Fused fused = Fused::kOwn);

}  // namespace genretrack
