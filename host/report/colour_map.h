// Colours for numbers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace genretrack {

struct Colour {
  std::uint8_t red = 0, green = 0, blue = 0;
  bool operator==(const Colour&) const = default;
};

// Stops at even distances, between which red, green and blue are interpolated: equal steps of a value look
// like equal steps, and luminance grows all the way, so that a print in grey says the same. The stops are
// those of magma (N. Smith and S. van der Walt, 2015, CC0).
inline constexpr std::array<Colour, 11> kColourStops = {{{0, 0, 4},
                                                         {21, 14, 55},
                                                         {59, 15, 112},
                                                         {101, 26, 128},
                                                         {140, 41, 129},
                                                         {183, 55, 121},
                                                         {222, 73, 104},
                                                         {246, 110, 92},
                                                         {254, 159, 109},
                                                         {254, 207, 146},
                                                         {252, 253, 191}}};

// The colour of a share from 0 to 1; what lies outside gets that of the nearer end, what is no number the
// first.
Colour colour_of(double share);

}  // namespace genretrack
