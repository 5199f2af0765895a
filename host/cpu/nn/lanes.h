// Channels of a blocked map side by side: vectors of floats, and the instruction sets that loops over them
// are compiled for. A body is a GENRETRACK_INLINE template; a function with a target attribute calls it.
#pragma once

#include <cstdint>
#include <cstring>

// Must disappear into the caller, which carries the target attribute.
#define GENRETRACK_INLINE [[gnu::always_inline]] inline

namespace genretrack::cpu {

template <int L>
struct LaneTypes;
template <>
struct LaneTypes<1> {
  typedef float V __attribute__((vector_size(4)));
  typedef std::int32_t I __attribute__((vector_size(4)));
};
template <>
struct LaneTypes<8> {
  typedef float V __attribute__((vector_size(32)));
  typedef std::int32_t I __attribute__((vector_size(32)));
};
template <>
struct LaneTypes<16> {
  typedef float V __attribute__((vector_size(64)));
  typedef std::int32_t I __attribute__((vector_size(64)));
};

template <int L>
struct Lanes {
  using V = typename LaneTypes<L>::V;
  using I = typename LaneTypes<L>::I;

  GENRETRACK_INLINE static V load(const float* p) {
    V v;
    std::memcpy(&v, p, sizeof v);
    return v;
  }
  GENRETRACK_INLINE static void store(float* p, V v) { std::memcpy(p, &v, sizeof v); }
  GENRETRACK_INLINE static V larger(V a, V b) { return a > b ? a : b; }  // b where one of them is a NaN
};

}  // namespace genretrack::cpu
