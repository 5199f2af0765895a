// The law of dropout, shared by all backends: which elements stay depends only on (seed, step, layer, place).
#pragma once

#include <array>
#include <cstdint>

#include "host/core/host_device.h"
#include "host/core/random.h"

namespace genretrack {

// Whether the elements 4 * group .. 4 * group + 3 of the plain (N, C, H, W) order are kept; group < 2^40.
GENRETRACK_HOST_DEVICE inline std::array<bool, 4> dropout_keeps(std::uint64_t seed, std::uint64_t step,
                                                                std::uint32_t layer, std::uint64_t group,
                                                                float rate) {
  const std::array<std::uint32_t, 4> words =
      philox(seed, Purpose::kDropout, step, (static_cast<std::uint64_t>(layer) << 40) | group);
  return {uniform_float(words[0]) >= rate, uniform_float(words[1]) >= rate, uniform_float(words[2]) >= rate,
          uniform_float(words[3]) >= rate};
}

}  // namespace genretrack
