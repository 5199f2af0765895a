#include "host/cache/half.h"

#include <bit>
#include <cstddef>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

namespace genretrack {
namespace {

#if defined(__x86_64__)
// Not __builtin_cpu_supports("f16c"), which clang 16 does not know; "avx" says that the system saves the
// registers.
bool has_f16c() {
  static const bool has = [] {
    unsigned a = 0, b = 0, c = 0, d = 0;
    return __builtin_cpu_supports("avx") && __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & bit_F16C) != 0;
  }();
  return has;
}

// Both return how many values they converted, a multiple of 8.
__attribute__((target("avx,f16c"))) std::size_t to_half_f16c(std::span<const float> values,
                                                             std::uint16_t* halves) {
  std::size_t i = 0;
  for (; i + 8 <= values.size(); i += 8)
    _mm_storeu_si128(reinterpret_cast<__m128i*>(halves + i),
                     _mm256_cvtps_ph(_mm256_loadu_ps(values.data() + i), _MM_FROUND_TO_NEAREST_INT));
  return i;
}

__attribute__((target("avx,f16c"))) std::size_t to_float_f16c(std::span<const std::uint16_t> halves,
                                                              float* values) {
  std::size_t i = 0;
  for (; i + 8 <= halves.size(); i += 8)
    _mm256_storeu_ps(values + i,
                     _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(halves.data() + i))));
  return i;
}
#endif

}  // namespace

std::uint16_t half_of(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = (bits >> 16) & 0x8000, magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return static_cast<std::uint16_t>(sign | 0x7e00 | ((magnitude >> 13) & 0x3ff));
  if (magnitude >= 0x47800000) return static_cast<std::uint16_t>(sign | 0x7c00);
  if (magnitude < 0x38800000) {
    // Below the smallest normal half: adding 0.5 makes the float unit round at the half's last place.
    const float shifted = std::bit_cast<float>(magnitude) + 0.5f;
    return static_cast<std::uint16_t>(sign | (std::bit_cast<std::uint32_t>(shifted) - 0x3f000000));
  }
  // The exponent's bias goes from 127 to 15; a carry out of the mantissa rounds into the exponent as it
  // ought.
  const std::uint32_t rounded = magnitude - (112u << 23) + 0xfff + ((magnitude >> 13) & 1);
  return static_cast<std::uint16_t>(sign | (rounded >> 13));
}

float float_of(std::uint16_t half) {
  const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000) << 16;
  const std::uint32_t exponent = (half >> 10) & 0x1f, mantissa = half & 0x3ff;
  if (exponent == 0x1f) return std::bit_cast<float>(sign | 0x7f800000 | (mantissa << 13));
  if (exponent == 0) {
    const float magnitude = static_cast<float>(mantissa) * 0x1p-24f;
    return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(magnitude));
  }
  return std::bit_cast<float>(sign | ((exponent + 112) << 23) | (mantissa << 13));
}

void to_half(std::span<const float> values, std::span<std::uint16_t> halves) {
  std::size_t i = 0;
#if defined(__x86_64__)
  if (has_f16c()) i = to_half_f16c(values, halves.data());
#endif
  for (; i < values.size(); ++i) halves[i] = half_of(values[i]);
}

void to_float(std::span<const std::uint16_t> halves, std::span<float> values) {
  std::size_t i = 0;
#if defined(__x86_64__)
  if (has_f16c()) i = to_float_f16c(halves, values.data());
#endif
  for (; i < halves.size(); ++i) values[i] = float_of(halves[i]);
}

}  // namespace genretrack
