#include "host/analysis/sign_flip.h"

#include <algorithm>
#include <array>
#include <bit>
#include <functional>
#include <limits>
#include <numeric>

#include "host/analysis/artist_groups.h"
#include "host/core/error.h"
#include "host/core/random.h"

namespace genretrack {
namespace {

constexpr std::size_t kExactGroups = 17;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace

double Groups::clips() const { return std::accumulate(sizes.begin(), sizes.end(), 0.0); }
double Groups::mean() const { return std::accumulate(sums.begin(), sums.end(), 0.0) / clips(); }

Groups group_by_artist(const std::vector<double>& values, const std::vector<std::string>& artists) {
  const ArtistGroups by_artist = artist_groups(artists);
  Groups groups;
  groups.unknown = by_artist.unknown;
  groups.sums.resize(by_artist.count);
  groups.sizes.resize(by_artist.count);
  for (std::size_t clip = 0; clip < values.size(); ++clip) {
    groups.sums[by_artist.of_clip[clip]] += values[clip];
    groups.sizes[by_artist.of_clip[clip]] += 1;
  }
  return groups;
}

SignSplits::SignSplits(const std::vector<double>& sizes, std::uint64_t seed, std::size_t draws)
    : exact_(sizes.size() <= kExactGroups), bytes_((sizes.size() + 7) / 8) {
  const std::size_t count = sizes.size();
  if (count == 0) throw Error(ErrorKind::kData, "there are no clips to compare: the test part is empty");
  splits_ = exact_ ? (std::size_t{1} << (count - 1)) - 1 : draws;
  flipped_.resize(bytes_ * splits_);
  if (exact_) {
    // Group 0 stays in A: swapping A and B gives the same range. Mask 0, nothing flipped, is the data as
    // seen.
    for (std::uint32_t split = 0; split < splits_; ++split)
      for (std::size_t byte = 0; byte < bytes_; ++byte)
        flipped_[byte * splits_ + split] = static_cast<std::uint8_t>((split + 1) << 1 >> (8 * byte));
  } else {
    Random random(seed, Purpose::kPermutation);
    for (std::size_t draw = 0; draw < draws; ++draw) {
      std::uint32_t signs = 0;
      for (std::size_t byte = 0; byte < bytes_; ++byte, signs >>= 8) {
        if (byte % 4 == 0) signs = random.word();
        flipped_[byte * splits_ + draw] = static_cast<std::uint8_t>(signs);
      }
    }
  }
  sizes_ = side_sums(sizes);
}

// Eight groups at a time: what every byte of signs adds is looked up. In blocks of splits that stay in the
// nearest cache; groups without a difference, which are most, cost nothing where eight of them are together.
std::vector<double> SignSplits::side_sums(const std::vector<double>& values) const {
  constexpr std::size_t kBlock = 2048;
  std::vector<double> sums(splits_);
  std::vector<std::array<double, 256>> tables(bytes_);
  std::vector<std::size_t> needed;
  for (std::size_t byte = 0; byte < bytes_; ++byte) {
    const std::size_t first = 8 * byte, last = std::min(values.size(), first + 8);
    for (std::size_t signs = 1; signs < 256; ++signs) {
      const std::size_t group = first + static_cast<std::size_t>(std::countr_zero(signs));
      tables[byte][signs] = tables[byte][signs & (signs - 1)] + (group < last ? values[group] : 0);
    }
    if (std::any_of(values.begin() + static_cast<std::ptrdiff_t>(first),
                    values.begin() + static_cast<std::ptrdiff_t>(last),
                    [](double value) { return value != 0; }))
      needed.push_back(byte);
  }
  for (std::size_t begin = 0; begin < splits_; begin += kBlock) {
    const std::size_t count = std::min(kBlock, splits_ - begin);
    double* block = sums.data() + begin;
    for (const std::size_t byte : needed) {
      const double* table = tables[byte].data();
      const std::uint8_t* signs = flipped_.data() + byte * splits_ + begin;
      for (std::size_t split = 0; split < count; ++split) block[split] += table[signs[split]];
    }
  }
  return sums;
}

SignFlipTest::SignFlipTest(const Groups& groups, std::uint64_t seed, std::size_t draws)
    : SignFlipTest(groups, SignSplits(groups.sizes, seed, draws)) {}

SignFlipTest::SignFlipTest(const Groups& groups, const SignSplits& splits) : exact_(splits.exact()) {
  const double mean = groups.mean();
  const double sum = std::accumulate(groups.sums.begin(), groups.sums.end(), 0.0), size = groups.clips();
  mean_ = mean;
  const std::vector<double> side_sums = splits.side_sums(groups.sums);
  lower_.resize(side_sums.size());
  upper_.resize(side_sums.size());
  for (std::size_t split = 0; split < side_sums.size(); ++split) {
    const double size_a = splits.side_sizes()[split];
    if (size_a == 0 || size_a == size) {  // one side is empty: as extreme as the data for every mean
      lower_[split] = -kInfinity;
      upper_[split] = kInfinity;
      continue;
    }
    const double mean_a = side_sums[split] / size_a, mean_b = (sum - side_sums[split]) / (size - size_a);
    // The observed mean lies between the two; rounding must not put it outside.
    lower_[split] = std::min({mean_a, mean_b, mean});
    upper_[split] = std::max({mean_a, mean_b, mean});
  }
}

double SignFlipTest::p_of(std::size_t as_extreme) const {
  return static_cast<double>(1 + as_extreme) / static_cast<double>(1 + lower_.size());
}

double SignFlipTest::p_value() const {
  const auto as_extreme =
      mean_ >= 0 ? std::count_if(lower_.begin(), lower_.end(), [](double end) { return end <= 0; })
                 : std::count_if(upper_.begin(), upper_.end(), [](double end) { return end >= 0; });
  return p_of(static_cast<std::size_t>(as_extreme));
}

Interval SignFlipTest::interval(double level) const {
  // The smallest number of splits with which a mean is not rejected; p_of() is the comparison of the test
  // itself.
  std::size_t needed = 0;
  while (needed <= lower_.size() && p_of(needed) <= level) ++needed;
  if (needed == 0) return {-kInfinity, kInfinity};
  if (needed > lower_.size()) return {mean_, mean_};
  const auto rank = static_cast<std::ptrdiff_t>(needed) - 1;
  std::vector<double> lower = lower_, upper = upper_;
  std::nth_element(lower.begin(), lower.begin() + rank, lower.end());
  std::nth_element(upper.begin(), upper.begin() + rank, upper.end(), std::greater<>());
  return {lower[needed - 1], upper[needed - 1]};
}

}  // namespace genretrack
