// One vector holds the same quantity of L neighbouring frames, so that every algorithm here reads like scalar
// code. Only vector extensions of g++ and clang, no intrinsics; L is 16, 8 or 4 by instruction set.
#pragma once

#include <cstdint>
#include <cstring>
#include <utility>

#include "host/dsp/number.h"

// Everything on lanes must disappear into one function that carries the target attribute.
#define GENRETRACK_INLINE GENRETRACK_LAW

#ifdef __clang__
#define GENRETRACK_UNROLL _Pragma("clang loop unroll(full)")
#else
#define GENRETRACK_UNROLL _Pragma("GCC unroll 64")
#endif

namespace genretrack {

// Spelled out, because g++ 12 refuses __builtin_convertvector on vectors whose size depends on a template
// parameter.
template <int L>
struct LaneTypes;
#define GENRETRACK_LANE_TYPES(L)                                \
  template <>                                                   \
  struct LaneTypes<L> {                                         \
    typedef float Floats __attribute__((vector_size(4 * L)));   \
    typedef int32_t Ints __attribute__((vector_size(4 * L)));   \
    typedef int16_t Shorts __attribute__((vector_size(2 * L))); \
    typedef int8_t Bytes __attribute__((vector_size(L)));       \
  };
GENRETRACK_LANE_TYPES(4)
GENRETRACK_LANE_TYPES(8)
GENRETRACK_LANE_TYPES(16)
#undef GENRETRACK_LANE_TYPES

template <int L>
struct Lanes {
  using V = typename LaneTypes<L>::Floats;
  using I = typename LaneTypes<L>::Ints;

  GENRETRACK_INLINE static V of(double x) { return V{} + static_cast<float>(x); }
  GENRETRACK_INLINE static V max(V a, V b) { return a > b ? a : b; }
  GENRETRACK_INLINE static V min(V a, V b) { return a < b ? a : b; }

  GENRETRACK_INLINE static V load(const float* p) {
    V v;
    std::memcpy(&v, p, sizeof v);
    return v;
  }
  // An int16 sample stands for value / 32768, which float32 holds exactly.
  GENRETRACK_INLINE static V load(const int16_t* p) {
    typename LaneTypes<L>::Shorts s;
    std::memcpy(&s, p, sizeof s);
    return __builtin_convertvector(s, V) * (1.0f / 32768);
  }
  GENRETRACK_INLINE static void store(float* p, V v) { std::memcpy(p, &v, sizeof v); }
  // The last group of a clip has fewer frames than lanes.
  GENRETRACK_INLINE static void store_first(float* p, V v, int count) {
    if (count >= L)
      store(p, v);
    else
      std::memcpy(p, &v, static_cast<std::size_t>(count) * sizeof(float));
  }

  // Which lanes of a mask (-1 or 0) are set, as bits to take one by one with countr_zero; lane_of() turns a
  // bit's place into its lane.
  GENRETRACK_INLINE static uint64_t bits(I mask) {
    using Bytes = typename LaneTypes<L>::Bytes;
    const Bytes bytes = __builtin_convertvector(mask, Bytes);
    uint64_t words[2] = {0, 0};
    std::memcpy(words, &bytes, sizeof bytes);
    return (words[0] & 0x0101010101010101) | (words[1] & 0x0202020202020202);
  }
  static constexpr int lane_of(int bit) { return (bit >> 3) + 8 * (bit & 1); }

  // For positive normal x: exponent and mantissa apart, then 2 atanh((m - 1) / (m + 1)), whose argument stays
  // under 0.172. Four terms leave 2e-7 dB; float rounding leaves more (1e-5 dB at -100 dB).
  GENRETRACK_INLINE static V ten_log10(V x) {
    const I word = (I)x;
    const I exponent = (word - 0x3f3504f3) >> 23;  // counted from sqrt(1/2), so that m lies around 1
    const V m = (V)(word - (exponent << 23));
    const V t = (m - 1.0f) / (m + 1.0f), q = t * t;
    const V series = t * (2.0f + q * (2.0f / 3 + q * (2.0f / 5 + q * (2.0f / 7))));
    return __builtin_convertvector(exponent, V) * 3.01029996f + series * 4.34294482f;
  }

  // Transposes L rows of L in place, by exchanging squares off the diagonal: of side L / 2 first, then of
  // half that in each quarter, down to 1.
  template <int Side = L / 2>
  GENRETRACK_INLINE static void transpose(V* rows) {
    GENRETRACK_UNROLL
    for (int i = 0; i < L; ++i)
      if (!(i & Side)) exchange<Side>(rows[i], rows[i + Side], std::make_integer_sequence<int, L>());
    if constexpr (Side > 1) transpose<Side / 2>(rows);
  }

 private:
  template <int Side, int... i>
  GENRETRACK_INLINE static void exchange(V& upper, V& lower, std::integer_sequence<int, i...>) {
    const V a = __builtin_shufflevector(upper, lower, ((i & Side) ? L + i - Side : i)...);
    lower = __builtin_shufflevector(upper, lower, ((i & Side) ? L + i : i + Side)...);
    upper = a;
  }
};

}  // namespace genretrack
