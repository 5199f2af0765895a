#include "host/core/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace genretrack {
namespace {

// The known answers that Random123 publishes for Philox4x32 with ten rounds: counter, key, result.
TEST(Philox, GivesThePublishedAnswers) {
  using Generator = r123::Philox4x32;
  struct Answer {
    Generator::ctr_type counter;
    Generator::key_type key;
    Generator::ctr_type result;
  };
  const Answer answers[] = {
      {{{0, 0, 0, 0}}, {{0, 0}}, {{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}}},
      {{{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}},
       {{0xffffffff, 0xffffffff}},
       {{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}}},
      {{{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}},
       {{0xa4093822, 0x299f31d0}},
       {{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}}},
  };
  for (const Answer& answer : answers) EXPECT_EQ(Generator()(answer.counter, answer.key), answer.result);
}

TEST(Philox, PlacesIndexStreamSeedAndPurposeInCounterAndKey) {
  using Generator = r123::Philox4x32;
  const std::uint64_t seed = 0x123456789abcdef0ull, stream = 0x1111222233334444ull,
                      index = 0x5555666677778888ull;
  const std::uint64_t key = seed + 0x9e3779b97f4a7c15ull * 3;
  const Generator::ctr_type expected =
      Generator()({{0x77778888u, 0x55556666u, 0x33334444u, 0x11112222u}},
                  {{static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32)}});
  const auto words = philox(seed, Purpose::kCrop, stream, index);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(words[i], expected[i]);
}

TEST(Random, SameKeySameNumbersOtherKeyOthers) {
  const auto first_words = [](Random random) {
    std::vector<std::uint32_t> words;
    for (int i = 0; i < 9; ++i) words.push_back(random.word());
    return words;
  };
  const auto words = first_words(Random(5, Purpose::kSplit, 2));
  EXPECT_EQ(words, first_words(Random(5, Purpose::kSplit, 2)));
  EXPECT_NE(words, first_words(Random(6, Purpose::kSplit, 2)));
  EXPECT_NE(words, first_words(Random(5, Purpose::kShuffle, 2)));
  EXPECT_NE(words, first_words(Random(5, Purpose::kSplit, 3)));
  EXPECT_EQ(std::set(words.begin(), words.end()).size(), words.size());
}

TEST(Random, UniformNumbersFillTheOpenInterval) {
  Random random(1, Purpose::kBootstrap);
  const int n = 100000;
  double sum = 0, squares = 0, smallest = 1, largest = 0;
  for (int i = 0; i < n; ++i) {
    const double u = random.uniform();
    sum += u;
    squares += u * u;
    smallest = std::min(smallest, u);
    largest = std::max(largest, u);
  }
  EXPECT_GT(smallest, 0.0);
  EXPECT_LT(largest, 1.0);
  EXPECT_NEAR(sum / n, 0.5, 5 * std::sqrt(1.0 / 12 / n));
  EXPECT_NEAR(squares / n, 1.0 / 3, 0.005);
  EXPECT_GT(uniform_float(0), 0.0f);
  EXPECT_LT(uniform_float(0xffffffffu), 1.0f);
}

TEST(Random, BelowIsUnbiased) {
  for (const std::uint32_t n : {1u, 2u, 3u, 7u, 10u}) {
    Random random(n, Purpose::kShuffle);
    std::vector<int> counts(n);
    const int draws = 20000;
    for (int i = 0; i < draws; ++i) ++counts[random.below(n)];
    double chi_squared = 0;
    const double expected = static_cast<double>(draws) / n;
    for (const int count : counts) chi_squared += (count - expected) * (count - expected) / expected;
    EXPECT_LT(chi_squared, n + 6 * std::sqrt(2.0 * n)) << n;
  }
  // Just above 2^31 numbers, a product without rejection would give every other number twice as often.
  Random random(1, Purpose::kShuffle);
  const std::uint32_t n = 0xc0000000u;
  int third = 0;
  const int draws = 30000;
  for (int i = 0; i < draws; ++i) third += random.below(n) < n / 3;
  EXPECT_NEAR(third, draws / 3.0, 5 * std::sqrt(draws * 2.0 / 9));
  std::vector<int> residues(3);
  for (int i = 0; i < draws; ++i) ++residues[random.below(n) % 3];
  for (const int count : residues) EXPECT_NEAR(count, draws / 3.0, 5 * std::sqrt(draws * 2.0 / 9));
}

TEST(Random, ShufflesDeterministicallyAndEvenly) {
  EXPECT_EQ(Random(9, Purpose::kShuffle).permutation(100), Random(9, Purpose::kShuffle).permutation(100));
  std::vector<std::size_t> sorted = Random(9, Purpose::kShuffle).permutation(100);
  EXPECT_NE(sorted, Random(10, Purpose::kShuffle).permutation(100));
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t i = 0; i < sorted.size(); ++i) EXPECT_EQ(sorted[i], i);

  Random random(1, Purpose::kShuffle);
  std::vector<int> at(16);  // item × place
  const int rounds = 8000;
  for (int r = 0; r < rounds; ++r) {
    const auto order = random.permutation(4);
    for (std::size_t place = 0; place < 4; ++place) ++at[order[place] * 4 + place];
  }
  for (const int count : at) EXPECT_NEAR(count, rounds / 4.0, 5 * std::sqrt(rounds * 3.0 / 16));
}

TEST(Random, ShufflesNothingAndOne) {
  EXPECT_TRUE(Random(1, Purpose::kShuffle).permutation(0).empty());
  EXPECT_EQ(Random(1, Purpose::kShuffle).permutation(1), std::vector<std::size_t>{0});
}

}  // namespace
}  // namespace genretrack
