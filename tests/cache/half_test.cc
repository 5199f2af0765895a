#include "host/cache/half.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <vector>

namespace genretrack {
namespace {

// The definition of binary16, in double.
double value_of(std::uint32_t half) {
  const int exponent = static_cast<int>((half >> 10) & 31);
  const double mantissa = half & 1023, sign = (half & 0x8000) != 0 ? -1 : 1;
  return sign * (exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(1024 + mantissa, exponent - 25));
}

TEST(HalfTest, EveryFiniteHalfComesBack) {
  for (std::uint32_t half = 0; half < 0x10000; ++half) {
    if (((half >> 10) & 31) == 31) continue;
    EXPECT_EQ(float_of(static_cast<std::uint16_t>(half)), value_of(half));
    EXPECT_EQ(half_of(float_of(static_cast<std::uint16_t>(half))), half);
  }
}

TEST(HalfTest, RoundsToTheNearestAndTiesToEven) {
  for (std::uint32_t half = 0; half < 0x7bff; ++half) {
    const double low = value_of(half), high = value_of(half + 1);
    const auto middle = static_cast<float>((low + high) / 2);
    EXPECT_EQ(half_of(middle), half % 2 == 0 ? half : half + 1);
    EXPECT_EQ(half_of(std::nextafter(middle, 0.0f)), half);
    EXPECT_EQ(half_of(-std::nextafter(middle, 1e9f)), (half + 1) | 0x8000);
  }
  EXPECT_EQ(half_of(65520.0f), 0x7c00);
  EXPECT_EQ(half_of(1e30f), 0x7c00);
  EXPECT_TRUE(std::isnan(float_of(half_of(std::nanf("")))));
}

TEST(HalfTest, FastAndPortableConversionsAgree) {
  std::vector<float> values;
  for (std::uint64_t bits = 0; bits < 0x100000000; bits += 40503) {
    const float value = std::bit_cast<float>(static_cast<std::uint32_t>(bits));
    if (!std::isnan(value)) values.push_back(value);
  }
  std::vector<std::uint16_t> halves(values.size());
  to_half(values, halves);
  for (std::size_t i = 0; i < values.size(); ++i) ASSERT_EQ(halves[i], half_of(values[i])) << values[i];
  std::vector<float> back(values.size());
  to_float(halves, back);
  for (std::size_t i = 0; i < values.size(); ++i) ASSERT_EQ(back[i], float_of(halves[i]));
}

}  // namespace
}  // namespace genretrack
