// Whether stored values are numbers: no NaN, no infinity.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace genretrack {

bool all_finite(std::span<const float> values);
// Of float16 as host/cache/half.h makes them.
bool all_finite(std::span<const std::uint16_t> halves);

}  // namespace genretrack
