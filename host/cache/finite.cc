#include "host/cache/finite.h"

#include <algorithm>
#include <cstring>

namespace genretrack {
namespace {

// Without its sign a value that is not finite is, as a whole number, the largest there are. Loops without a
// branch, which the compiler turns into vector instructions.
template <class Word, class Value>
[[gnu::always_inline]] inline bool all_below(std::span<const Value> values, Word first_not_finite) {
  constexpr Word kWithoutSign = static_cast<Word>(static_cast<Word>(~Word{0}) >> 1);
  Word largest = 0;
  for (const Value& value : values) {
    Word word;
    std::memcpy(&word, &value, sizeof word);
    largest = std::max(largest, static_cast<Word>(word & kWithoutSign));
  }
  return largest < first_not_finite;
}

constexpr std::uint32_t kFloatInfinity = 0x7f800000;
constexpr std::uint16_t kHalfInfinity = 0x7c00;

#if defined(__x86_64__)
__attribute__((target("avx2"))) bool all_finite_avx2(std::span<const float> values) {
  return all_below<std::uint32_t>(values, kFloatInfinity);
}
__attribute__((target("avx2"))) bool all_finite_avx2(std::span<const std::uint16_t> halves) {
  return all_below<std::uint16_t>(halves, kHalfInfinity);
}
#endif

}  // namespace

bool all_finite(std::span<const float> values) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) return all_finite_avx2(values);
#endif
  return all_below<std::uint32_t>(values, kFloatInfinity);
}

bool all_finite(std::span<const std::uint16_t> halves) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) return all_finite_avx2(halves);
#endif
  return all_below<std::uint16_t>(halves, kHalfInfinity);
}

}  // namespace genretrack
