// The laws of one element (decibel, flux, ...) are templates over a set of number operations: Scalar<float>,
// Scalar<double>, or the SIMD lanes of the CPU backend. A set has `V`, the value, and the operations below.
#pragma once

#include <cmath>

#include "host/core/host_device.h"

// Laws must disappear into their caller: only the caller carries the attribute that allows wide registers.
#ifdef __CUDACC__
#define GENRETRACK_LAW GENRETRACK_HOST_DEVICE __forceinline__
#else
#define GENRETRACK_LAW [[gnu::always_inline]] inline
#endif

namespace genretrack {

template <class T>
struct Scalar {
  using V = T;
  GENRETRACK_LAW static V of(double x) { return static_cast<T>(x); }
  GENRETRACK_LAW static V max(V a, V b) { return a > b ? a : b; }
  GENRETRACK_LAW static V min(V a, V b) { return a < b ? a : b; }
  GENRETRACK_LAW static V ten_log10(V x) { return T(10) * std::log10(x); }  // of a positive number
};

}  // namespace genretrack
