#include "host/nn/parameter_layout.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace genretrack {
namespace {

TEST(ParameterLayout, PutsSlotsBehindEachOther) {
  ParameterLayout layout;
  EXPECT_EQ(layout.add("a/weight", {4, 3, 2}, ParameterKind::kWeight, InitialValue::kHidden), 0u);
  const BatchNorm norm = layout.add_batch_norm("a/norm", 4);
  EXPECT_EQ(norm.scale, 24u);
  EXPECT_EQ(norm.shift, 28u);
  EXPECT_EQ(norm.running_mean, 32u);
  EXPECT_EQ(norm.running_variance, 36u);
  EXPECT_EQ(layout.size(), 40u);
  EXPECT_EQ(layout.trained_count(), 32u);
  EXPECT_EQ(layout.slots()[4].name, "a/norm/running_variance");
}

TEST(ParameterLayout, DrawsUniformWithTheVarianceOfItsFanIn) {
  ParameterLayout layout;
  const int out = 64, in = 300;
  layout.add("hidden", {out, in}, ParameterKind::kWeight, InitialValue::kHidden);
  layout.add("output", {out, in}, ParameterKind::kWeight, InitialValue::kOutput);
  layout.add_batch_norm("norm", 3);
  const std::vector<float> values = layout.initial_values(5);
  const auto statistics = [&](std::size_t first, double bound) {
    double sum = 0, squares = 0;
    const int n = out * in;
    for (int i = 0; i < n; ++i) {
      const double v = values[first + static_cast<std::size_t>(i)];
      EXPECT_LE(std::abs(v), bound);
      sum += v;
      squares += v * v;
    }
    EXPECT_NEAR(sum / n, 0, 4 * bound / std::sqrt(3.0 * n));
    EXPECT_NEAR(squares / n, bound * bound / 3, 0.03 * bound * bound);
  };
  statistics(0, std::sqrt(6.0 / in));
  statistics(static_cast<std::size_t>(out) * in, std::sqrt(1.0 / in));
  const std::vector<float> tail(values.end() - 12, values.end());
  EXPECT_EQ(tail, (std::vector<float>{1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1}));
}

TEST(ParameterLayout, DependsOnTheSeedAndNothingElse) {
  ParameterLayout layout;
  layout.add("w", {8, 8}, ParameterKind::kWeight, InitialValue::kHidden);
  EXPECT_EQ(layout.initial_values(1), layout.initial_values(1));
  EXPECT_NE(layout.initial_values(1), layout.initial_values(2));
}

}  // namespace
}  // namespace genretrack
