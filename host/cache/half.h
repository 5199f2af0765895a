// float32 to float16 and back (IEEE 754 binary16, rounded to nearest even). HDF5's own conversion runs at
// 84 MB/s, so rows are converted here.
#pragma once

#include <cstdint>
#include <span>

namespace genretrack {

// Both spans have the same length. Values beyond 65504 become infinite.
void to_half(std::span<const float> values, std::span<std::uint16_t> halves);
void to_float(std::span<const std::uint16_t> halves, std::span<float> values);

// For processors without instructions for it, and for tests.
std::uint16_t half_of(float value);
float float_of(std::uint16_t half);

}  // namespace genretrack
