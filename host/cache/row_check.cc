#include "host/cache/row_check.h"

#include <algorithm>
#include <cstring>

#include "host/core/xxh3.h"

namespace genretrack {
namespace {

// Without its sign a value that is not finite is, as a whole number, among the largest there are. A loop
// without a branch, which the compiler turns into vector instructions.
template <class Word>
[[gnu::always_inline]] inline bool all_below(std::span<const std::byte> bytes, Word first_not_finite) {
  constexpr Word kWithoutSign = static_cast<Word>(static_cast<Word>(~Word{0}) >> 1);
  Word largest = 0;
  for (std::size_t i = 0; i + sizeof(Word) <= bytes.size(); i += sizeof(Word)) {
    Word word;
    std::memcpy(&word, bytes.data() + i, sizeof word);
    largest = std::max(largest, static_cast<Word>(word & kWithoutSign));
  }
  return largest < first_not_finite;
}

[[gnu::always_inline]] inline bool all_numbers(std::span<const std::byte> bytes, Storage storage) {
  return storage == Storage::kFloat32 ? all_below<std::uint32_t>(bytes, 0x7f800000)
                                      : all_below<std::uint16_t>(bytes, 0x7c00);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) bool all_numbers_avx2(std::span<const std::byte> bytes, Storage storage) {
  return all_numbers(bytes, storage);
}
#endif

}  // namespace

bool all_finite(std::span<const std::byte> bytes, Storage storage) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) return all_numbers_avx2(bytes, storage);
#endif
  return all_numbers(bytes, storage);
}

RowCheck check_row(std::span<const std::byte> bytes, Storage storage) {
  // Both look at a piece while it is in the processor's first cache.
  constexpr std::size_t kPiece = 16 * 1024;
  Xxh3 hash;
  bool finite = true;
  while (!bytes.empty()) {
    const std::span<const std::byte> piece = bytes.first(std::min(kPiece, bytes.size()));
    bytes = bytes.subspan(piece.size());
    hash.update(piece);
    finite = finite && all_finite(piece, storage);
  }
  return {hash.digest(), finite};
}

}  // namespace genretrack
