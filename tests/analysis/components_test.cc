#include "host/analysis/components.h"

#include <gtest/gtest.h>

#include <boost/math/distributions/normal.hpp>
#include <cmath>

#include "host/core/random.h"
#include "tests/analysis/simulation.h"

namespace genretrack::testing {
namespace {

// Two genres; the first one's share follows an autoregression around a mean.
std::vector<double> autoregression(std::size_t windows, double mean, double phi, double deviation,
                                   std::uint64_t seed) {
  Random random(seed, Purpose::kPermutation);
  const boost::math::normal normal;
  double x = 0;
  std::vector<double> shares;
  for (std::size_t w = 0; w < windows + 50; ++w) {
    x = phi * x + deviation * std::sqrt(1 - phi * phi) * quantile(normal, random.uniform());
    if (w < 50) continue;
    shares.push_back(mean + x);
    shares.push_back(1 - mean - x);
  }
  return shares;
}

constexpr std::size_t kSongs = 1000;

// Share of the songs with an interval whose interval holds the mean; `sound` windows share sound.
double coverage(std::size_t windows, double phi, std::size_t sound = 1) {
  double told = 0, covered = 0;
  for (std::uint64_t song = 0; song < kSongs; ++song) {
    const auto single = autoregression(windows + sound - 1, 0.6, phi, 0.1, song);
    std::vector<double> shares(2 * windows);
    for (std::size_t i = 0; i < shares.size(); ++i)
      for (std::size_t s = 0; s < sound; ++s) shares[i] += single[i + 2 * s] / static_cast<double>(sound);
    const auto found = components(shares, 2, sound, 0.05);
    if (!found[0].interval) continue;
    ++told;
    covered += found[0].interval->contains(0.6);
  }
  EXPECT_GT(told, 0.5 * kSongs);
  return covered / told;
}

// Nominally 0.95, from which 1000 songs differ by less than this but once in a million runs.
TEST(Components, IntervalsCoverThoughNeighboursResembleEachOther) {
  const double error = simulation_error(kSongs);
  for (const auto& [windows, phi, sound] : {std::tuple{20, 0.0, 1},
                                            {40, 0.3, 1},
                                            {120, 0.0, 1},
                                            {120, 0.6, 1},
                                            {400, 0.6, 1},
                                            {400, 0.9, 1},
                                            {40, 0.0, 4},
                                            {120, 0.0, 2}})
    EXPECT_NEAR(coverage(windows, phi, sound), 0.95, error) << windows << " " << phi << " " << sound;
}

TEST(Components, SaysNothingFromTooFewWindows) {
  const std::vector<double> one = {0.7, 0.3};
  EXPECT_DOUBLE_EQ(components(one, 2, 1, 0.05)[0].share, 0.7);
  EXPECT_FALSE(components(one, 2, 1, 0.05)[0].interval);
}

TEST(Components, AutocorrelationTimeIsThatOfItsProcess) {
  const auto independent = autoregression(20000, 0.5, 0, 0.1, 1),
             slow = autoregression(20000, 0.5, 0.8, 0.1, 1);
  EXPECT_NEAR(autocorrelation_time(independent, 2, 0), 1, 0.1);
  EXPECT_NEAR(autocorrelation_time(slow, 2, 0), 9, 1.5);  // (1 + phi) / (1 - phi)
}

TEST(Components, SmoothingKeepsSharesAndConstants) {
  const auto shares = autoregression(60, 0.5, 0.3, 0.1, 2);
  const auto smooth = smoothed(shares, 2, 2);
  double before = 0, after = 0;
  for (std::size_t w = 0; w < 60; ++w) {
    EXPECT_NEAR(smooth[2 * w] + smooth[2 * w + 1], 1, 1e-12);
    before += std::abs(shares[2 * w] - 0.5);
    after += std::abs(smooth[2 * w] - 0.5);
  }
  EXPECT_LT(after, 0.8 * before);
  EXPECT_EQ(smoothed(shares, 2, 0), shares);
}

std::vector<double> with_changes(std::size_t windows, const std::vector<std::size_t>& at,
                                 std::uint64_t seed) {
  Random random(seed, Purpose::kBootstrap);
  std::vector<double> shares;
  for (std::size_t w = 0; w < windows; ++w) {
    std::size_t section = 0;
    while (section < at.size() && at[section] <= w) ++section;
    const double p = (section % 2 == 0 ? 0.85 : 0.2) + 0.2 * (random.uniform() - 0.5);
    shares.insert(shares.end(), {p, 0.8 * (1 - p), 0.2 * (1 - p)});
  }
  return shares;
}

TEST(Components, FindsPlantedChanges) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const std::vector<std::size_t> planted = {20, 47, 70};
    const auto found = section_starts(with_changes(100, planted, seed), 3, 1, 3);
    ASSERT_EQ(found.size(), planted.size()) << seed;
    for (std::size_t i = 0; i < found.size(); ++i)
      EXPECT_NEAR(static_cast<double>(found[i]), static_cast<double>(planted[i]), 1);
  }
}

TEST(Components, FindsNoChangesInNoise) {
  int false_alarms = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed)
    false_alarms += section_starts(with_changes(100, {}, seed), 3, 1, 3).empty() ? 0 : 1;
  EXPECT_LE(false_alarms, 10);
  EXPECT_TRUE(section_starts(std::vector<double>{0.5, 0.5}, 2, 1, 3).empty());
  EXPECT_TRUE(section_starts(std::vector<double>(200, 0.5), 2, 1, 3).empty());
}

}  // namespace
}  // namespace genretrack::testing
