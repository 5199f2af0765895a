// The sign-flip permutation test of a mean over clips that come in groups (artists), and the interval that
// belongs to it.
//
// Null hypothesis "the mean is t": a group's sum of (value - t) is as likely to be positive as negative. The
// statistic is the absolute total; every group's sign is flipped. A choice of signs splits the groups into A
// (kept) and B (flipped), and |a - b| >= |a + b| holds exactly where t lies between the mean of A's clips and
// the mean of B's clips. So one pass over the splits gives the p-value of every t, each split's range
// contains the observed mean, p falls on both sides of it, and the set of all t with p > level is an
// interval. It excludes 0 exactly where the p-value of 0 is at most the level: test and interval are two
// views of one computation and cannot disagree. Groups may have different sizes.
//
// For a mean this is the wild cluster bootstrap with Rademacher weights and the null imposed (Cameron,
// Gelbach and Miller 2008), inverted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace genretrack {

struct Interval {
  double low = 0, high = 0;
  bool contains(double value) const { return low <= value && value <= high; }
};

// Values of clips, summed by artist. A clip whose artist is unknown is a group of its own.
struct Groups {
  std::vector<double> sums, sizes;  // per group: sum of the values, number of clips
  std::size_t unknown = 0;          // groups of one clip without a known artist
  double clips() const;
  double mean() const;  // over clips
};
Groups group_by_artist(const std::vector<double>& values, const std::vector<std::string>& artists);

// The ways to give every group a sign, the same for all values over the same groups. Every way is enumerated
// up to 17 groups; beyond, `draws` are drawn (Purpose::kPermutation). Throws Error(kData) where there is no
// group.
class SignSplits {
 public:
  SignSplits(const std::vector<double>& sizes, std::uint64_t seed, std::size_t draws = 99'999);
  bool exact() const { return exact_; }
  const std::vector<double>& side_sizes() const { return sizes_; }         // clips on side B, per split
  std::vector<double> side_sums(const std::vector<double>& values) const;  // per split, of groups on side B

 private:
  bool exact_;
  std::size_t bytes_;  // of signs, a bit per group
  std::size_t splits_ = 0;
  std::vector<std::uint8_t> flipped_;  // (byte, split)
  std::vector<double> sizes_;
};

class SignFlipTest {
 public:
  // p = (1 + splits at least as extreme) / (1 + splits), the data being one of them.
  SignFlipTest(const Groups& groups, const SignSplits& splits);
  SignFlipTest(const Groups& groups, std::uint64_t seed, std::size_t draws = 99'999);

  double mean() const { return mean_; }
  bool exact() const { return exact_; }
  double p_value() const;  // two-sided, of the null hypothesis that the mean is 0
  // All means whose p-value is above `level`; infinite where the groups are too few for that level.
  Interval interval(double level) const;

 private:
  double p_of(std::size_t as_extreme) const;

  double mean_ = 0;
  bool exact_;
  std::vector<double> lower_, upper_;  // the ends of the splits' ranges
};

}  // namespace genretrack
