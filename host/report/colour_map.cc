#include "host/report/colour_map.h"

#include <algorithm>
#include <cmath>

namespace genretrack {

Colour colour_of(double share) {
  constexpr double kLast = kColourStops.size() - 1;
  const double place = std::isnan(share) ? 0 : std::clamp(share, 0.0, 1.0) * kLast;
  const double below = std::min(std::floor(place), kLast - 1);
  const Colour& a = kColourStops[static_cast<std::size_t>(below)];
  const Colour& b = kColourStops[static_cast<std::size_t>(below) + 1];
  const auto between = [t = place - below](std::uint8_t from, std::uint8_t to) {
    return static_cast<std::uint8_t>(std::lround(from + t * (to - from)));
  };
  return {between(a.red, b.red), between(a.green, b.green), between(a.blue, b.blue)};
}

}  // namespace genretrack
