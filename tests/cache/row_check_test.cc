#include "host/cache/row_check.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include "host/cache/half.h"
#include "host/core/xxh3.h"

namespace genretrack {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

bool finite(const std::vector<float>& values) {
  return all_finite(std::as_bytes(std::span(values)), Storage::kFloat32);
}

TEST(RowCheckTest, FindsOneBadValueAnywhere) {
  for (const std::size_t size : {1u, 7u, 8u, 33u, 100u}) {
    std::vector<float> values(size, -std::numeric_limits<float>::max());
    EXPECT_TRUE(finite(values));
    for (std::size_t at = 0; at < size; ++at)
      for (const float bad : {kInfinity, -kInfinity, std::nanf(""), -std::nanf("")}) {
        const float good = std::exchange(values[at], bad);
        EXPECT_FALSE(finite(values)) << at << " of " << size;
        values[at] = good;
      }
  }
  EXPECT_TRUE(finite(std::vector<float>()));
}

TEST(RowCheckTest, KnowsEveryHalf) {
  std::vector<std::uint16_t> values(40);
  for (std::uint32_t half = 0; half < 0x10000; ++half) {
    values[half % 40] = static_cast<std::uint16_t>(half);
    EXPECT_EQ(all_finite(std::as_bytes(std::span(values)), Storage::kFloat16),
              std::isfinite(float_of(static_cast<std::uint16_t>(half))))
        << half;
    values[half % 40] = 0;
  }
}

TEST(RowCheckTest, HashesAndLooksAtRowsOfAnyLength) {
  for (const std::size_t size : {1u, 4096u, 4097u, 20000u}) {
    std::vector<float> values(size);
    std::iota(values.begin(), values.end(), 0.5f);
    const std::span<const std::byte> bytes = std::as_bytes(std::span(values));
    const std::uint64_t whole = XXH3_64bits(bytes.data(), bytes.size());
    EXPECT_EQ(check_row(bytes, Storage::kFloat32).hash, whole);
    EXPECT_TRUE(check_row(bytes, Storage::kFloat32).finite);
    values.back() = kInfinity;
    EXPECT_FALSE(check_row(bytes, Storage::kFloat32).finite);
  }
}

}  // namespace
}  // namespace genretrack
