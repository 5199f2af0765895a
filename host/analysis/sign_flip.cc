#include "host/analysis/sign_flip.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <numeric>

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
  Groups groups;
  std::map<std::string, std::size_t> known;
  for (std::size_t clip = 0; clip < values.size(); ++clip) {
    std::size_t group = groups.sums.size();
    if (artists[clip].empty())
      ++groups.unknown;
    else
      group = known.try_emplace(artists[clip], group).first->second;
    if (group == groups.sums.size()) {
      groups.sums.push_back(0);
      groups.sizes.push_back(0);
    }
    groups.sums[group] += values[clip];
    groups.sizes[group] += 1;
  }
  return groups;
}

SignFlipTest::SignFlipTest(const Groups& groups, std::uint64_t seed, std::size_t draws)
    : exact_(groups.sums.size() <= kExactGroups) {
  const std::size_t count = groups.sums.size();
  if (count == 0) throw Error(ErrorKind::kData, "there are no clips to compare: the test part is empty");
  mean_ = groups.mean();
  sum_ = std::accumulate(groups.sums.begin(), groups.sums.end(), 0.0);
  size_ = groups.clips();
  if (exact_) {
    // Group 0 stays in A: swapping A and B gives the same range. Mask 0, nothing flipped, is the data as
    // seen.
    for (std::uint32_t mask = 1; mask < (1u << (count - 1)); ++mask) {
      double sum = 0, size = 0;
      for (std::size_t group = 1; group < count; ++group)
        if (mask >> (group - 1) & 1u) sum += groups.sums[group], size += groups.sizes[group];
      add_split(sum, size);
    }
  } else {
    Random random(seed, Purpose::kPermutation);
    for (std::size_t draw = 0; draw < draws; ++draw) {
      double sum = 0, size = 0;
      std::uint32_t signs = 0;
      for (std::size_t group = 0; group < count; ++group, signs >>= 1) {
        if (group % 32 == 0) signs = random.word();
        if (signs & 1u) sum += groups.sums[group], size += groups.sizes[group];
      }
      add_split(sum, size);
    }
  }
  std::sort(lower_.begin(), lower_.end());
  std::sort(upper_.begin(), upper_.end(), std::greater<>());
}

void SignFlipTest::add_split(double sum_a, double size_a) {
  if (size_a == 0 || size_a == size_) {  // one side is empty: as extreme as the data for every mean
    lower_.push_back(-kInfinity);
    upper_.push_back(kInfinity);
    return;
  }
  const double mean_a = sum_a / size_a, mean_b = (sum_ - sum_a) / (size_ - size_a);
  // The observed mean lies between the two; rounding must not put it outside.
  lower_.push_back(std::min({mean_a, mean_b, mean_}));
  upper_.push_back(std::max({mean_a, mean_b, mean_}));
}

double SignFlipTest::p_of(std::size_t as_extreme) const {
  return static_cast<double>(1 + as_extreme) / static_cast<double>(1 + lower_.size());
}

double SignFlipTest::p_value() const {
  const auto as_extreme =
      mean_ >= 0 ? std::upper_bound(lower_.begin(), lower_.end(), 0.0) - lower_.begin()
                 : std::upper_bound(upper_.begin(), upper_.end(), 0.0, std::greater<>()) - upper_.begin();
  return p_of(static_cast<std::size_t>(as_extreme));
}

Interval SignFlipTest::interval(double level) const {
  // The smallest number of splits with which a mean is not rejected; p_of() is the comparison of the test
  // itself.
  std::size_t needed = 0;
  while (needed <= lower_.size() && p_of(needed) <= level) ++needed;
  if (needed == 0) return {-kInfinity, kInfinity};
  if (needed > lower_.size()) return {mean_, mean_};
  return {lower_[needed - 1], upper_[needed - 1]};
}

}  // namespace genretrack
