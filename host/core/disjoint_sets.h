// A forest of sets over 0 ... n - 1, joined two at a time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

namespace genretrack {

class DisjointSets {
 public:
  explicit DisjointSets(std::size_t count) : first_(count) {
    std::iota(first_.begin(), first_.end(), std::size_t{0});
  }
  // The smallest member of the set that has `i`; halves the paths it takes.
  std::size_t first(std::size_t i) {
    while (first_[i] != i) i = first_[i] = first_[first_[i]];
    return i;
  }
  void join(std::size_t a, std::size_t b) {
    a = first(a), b = first(b);
    first_[std::max(a, b)] = std::min(a, b);
  }

 private:
  std::vector<std::size_t> first_;
};

}  // namespace genretrack
