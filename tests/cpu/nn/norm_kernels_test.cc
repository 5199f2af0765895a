// Every width and instruction set that this machine can run, on single planes against plain double loops.
#include "host/cpu/nn/norm_kernels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "tests/cpu/nn/network_case.h"

namespace genretrack::cpu {
namespace {

struct Pool {
  int height, width;
};

class NormKernelsTest : public ::testing::TestWithParam<std::tuple<NormKernels, Pool>> {
 protected:
  static constexpr int kHeight = 7, kWidth = 45, kArea = kHeight * kWidth;  // longer than one run of sums
  NormKernelsTest() : kernels(std::get<0>(GetParam())), lanes(static_cast<std::size_t>(kernels.lanes)) {
    testing_nn::Values values(5);
    x = values.take(kArea * lanes);
    for (auto* v : {&mean, &scale, &shift, &offset, &slope}) *v = values.take(lanes);
    // A lane beyond the last channel, one with scale 0, and negative ones among the others.
    for (std::size_t i = 0; i < kArea; ++i) x[i * lanes + lanes - 1] = 0;
    mean[lanes - 1] = scale[lanes - 1] = shift[lanes - 1] = offset[lanes - 1] = slope[lanes - 1] = 0;
    scale[0] = 0;
    const Pool pool = std::get<1>(GetParam());
    plane = {kHeight,      kWidth,       pool.height,   pool.width,  mean.data(),
             scale.data(), shift.data(), offset.data(), slope.data()};
    diff = values.take(std::size_t(plane.pooled_height()) * plane.pooled_width() * lanes);
    for (std::size_t i = lanes - 1; i < diff.size(); i += lanes) diff[i] = 0;
  }
  std::size_t at(int i, int j, std::size_t c) const { return (std::size_t(i) * kWidth + j) * lanes + c; }
  std::size_t pooled_at(int i, int j, std::size_t c) const {
    return (std::size_t(i) * plane.pooled_width() + j) * lanes + c;
  }
  // Place of the winner of a window: the first of the largest, or smallest where the scale is negative.
  std::size_t winner(int i, int j, std::size_t c) const {
    std::size_t best = at(i * plane.pool_height, j * plane.pool_width, c);
    for (int a = 0; a < plane.pool_height; ++a)
      for (int b = 0; b < plane.pool_width; ++b) {
        const std::size_t place = at(i * plane.pool_height + a, j * plane.pool_width + b, c);
        if (std::signbit(scale[c]) ? x[place] < x[best] : x[place] > x[best]) best = place;
      }
    return best;
  }
  double value(std::size_t place, std::size_t c) const {
    return (double(x[place]) - mean[c]) * scale[c] + shift[c];
  }
  template <class Work>
  void each_window(const Work& work) const {
    for (int i = 0; i < plane.pooled_height(); ++i)
      for (int j = 0; j < plane.pooled_width(); ++j)
        for (std::size_t c = 0; c < lanes; ++c) work(i, j, c);
  }

  const NormKernels kernels;
  const std::size_t lanes;
  std::vector<float> x, mean, scale, shift, offset, slope, diff;
  NormPlane plane;
};

TEST_P(NormKernelsTest, StatisticsMatchReference) {
  for (float& v : x) v += 1000;  // far from zero: squares must not cancel
  std::vector<float> out(3 * lanes, NAN);
  kernels.statistics(plane, x.data(), out.data());
  for (std::size_t c = 0; c < lanes; ++c) {
    double average = 0, variance = 0;
    for (std::size_t i = 0; i < kArea; ++i) average += x[i * lanes + c] / double(kArea);
    for (std::size_t i = 0; i < kArea; ++i) variance += std::pow(x[i * lanes + c] - average, 2) / kArea;
    const double sum = out[lanes + c], squares = out[2 * lanes + c];
    EXPECT_NEAR(out[c] + sum / kArea, average, 1e-4);
    EXPECT_NEAR((squares - sum * sum / kArea) / kArea, variance, 1e-5);
  }
}

TEST_P(NormKernelsTest, ApplyMatchesReference) {
  std::vector<float> pooled(diff.size(), NAN), winners(diff.size(), NAN), alone(diff.size(), NAN);
  kernels.apply(plane, x.data(), winners.data(), pooled.data());
  kernels.apply(plane, x.data(), nullptr, alone.data());
  EXPECT_EQ(pooled, alone);
  each_window([&](int i, int j, std::size_t c) {
    const std::size_t best = winner(i, j, c);
    ASSERT_EQ(winners[pooled_at(i, j, c)], x[best]);
    ASSERT_NEAR(pooled[pooled_at(i, j, c)], std::fmax(0, value(best, c)), 1e-6);
    if (c == lanes - 1) {
      ASSERT_EQ(pooled[pooled_at(i, j, c)], 0);
    }
  });
}

TEST_P(NormKernelsTest, GradientMatchesReference) {
  std::vector<float> winners(diff.size()), pooled(diff.size()), out(2 * lanes, NAN), got = x;
  kernels.apply(plane, x.data(), winners.data(), pooled.data());
  kernels.sums(plane, winners.data(), diff.data(), out.data());
  kernels.gradient(plane, diff.data(), got.data());
  std::vector<double> g(x.size()), sums(2 * lanes);
  each_window([&](int i, int j, std::size_t c) {
    const std::size_t best = winner(i, j, c);
    if (value(best, c) <= 0) return;
    g[best] += diff[pooled_at(i, j, c)];
    sums[c] += diff[pooled_at(i, j, c)];
    sums[lanes + c] += diff[pooled_at(i, j, c)] * (double(x[best]) - mean[c]);
  });
  for (std::size_t i = 0; i < sums.size(); ++i) EXPECT_NEAR(out[i], sums[i], 1e-4);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::size_t c = i % lanes;
    const double want = (g[i] - offset[c] - (double(x[i]) - mean[c]) * slope[c]) * scale[c];
    ASSERT_NEAR(got[i], want, 1e-5) << i;
    if (c == lanes - 1) {
      ASSERT_EQ(got[i], 0);
    }
  }
}

TEST_P(NormKernelsTest, KeepsNaN) {
  std::fill(mean.begin(), mean.end(), NAN);  // as the statistics of maps with a NaN are
  std::vector<float> pooled(diff.size());
  kernels.apply(plane, x.data(), nullptr, pooled.data());
  for (const float y : pooled) ASSERT_TRUE(std::isnan(y));
}

std::string case_name(const ::testing::TestParamInfo<std::tuple<NormKernels, Pool>>& test) {
  const auto& [kernels, pool] = test.param;
  return kernels.instructions + "Lanes" + std::to_string(kernels.lanes) + "Pool" +
         std::to_string(pool.height) + "x" + std::to_string(pool.width);
}

INSTANTIATE_TEST_SUITE_P(Cpu, NormKernelsTest,
                         ::testing::Combine(::testing::ValuesIn(all_norm_kernels()),
                                            ::testing::Values(Pool{1, 1}, Pool{1, 2}, Pool{2, 1},
                                                              Pool{2, 2})),
                         case_name);

}  // namespace
}  // namespace genretrack::cpu
