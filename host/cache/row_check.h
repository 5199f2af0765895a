// What is asked of a stored row's bytes: their hash, and that all values are numbers, no NaN and no infinity.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "host/cache/feature_cache.h"

namespace genretrack {

// The bytes of float32 values, or of float16 as host/cache/half.h makes them.
bool all_finite(std::span<const std::byte> bytes, Storage storage);

struct RowCheck {
  std::uint64_t hash;  // XXH3
  bool finite;
};
RowCheck check_row(std::span<const std::byte> bytes, Storage storage);

}  // namespace genretrack
