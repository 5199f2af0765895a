#include "host/cache/finite.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "host/cache/half.h"

namespace genretrack {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

TEST(FiniteTest, FindsOneBadValueAnywhere) {
  for (const std::size_t size : {1u, 7u, 8u, 33u, 100u}) {
    std::vector<float> values(size, -std::numeric_limits<float>::max());
    EXPECT_TRUE(all_finite(values));
    for (std::size_t at = 0; at < size; ++at)
      for (const float bad : {kInfinity, -kInfinity, std::nanf(""), -std::nanf("")}) {
        const float good = std::exchange(values[at], bad);
        EXPECT_FALSE(all_finite(values)) << at << " of " << size;
        values[at] = good;
      }
  }
  EXPECT_TRUE(all_finite(std::span<const float>()));
}

TEST(FiniteTest, KnowsEveryHalf) {
  std::vector<std::uint16_t> values(40);
  for (std::uint32_t half = 0; half < 0x10000; ++half) {
    values[half % 40] = static_cast<std::uint16_t>(half);
    EXPECT_EQ(all_finite(values), std::isfinite(float_of(static_cast<std::uint16_t>(half)))) << half;
    values[half % 40] = 0;
  }
}

}  // namespace
}  // namespace genretrack
