// Random numbers that depend on nothing but their key: Philox4x32-10 (Salmon et al. 2011, from Random123),
// keyed by (seed, purpose) and counted by (stream, index). So shuffles, crops and dropout are the same on
// every backend, in every order of the batch, and after a resume.
#pragma once

#include <Random123/philox.h>

#include <array>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "host/core/host_device.h"

namespace genretrack {

// What the numbers are for; two purposes never share numbers. Values are part of what makes a run
// reproducible: add at the end, never reuse.
enum class Purpose : std::uint32_t {
  kInitialise = 1,
  kShuffle = 2,
  kCrop = 3,
  kDropout = 4,
  kSplit = 5,
  kBootstrap = 6,
  kPermutation = 7,
  kAugment = 8,     // masks, gains, mixup partners
  kNoise = 9,       // added to features
  kSweep = 10,      // random draws of a sweep
  kSurrogate = 11,  // null series
};

// Four 32-bit words for one (seed, purpose, stream, index); a pure function, the law that every backend uses.
GENRETRACK_HOST_DEVICE inline std::array<std::uint32_t, 4> philox(std::uint64_t seed, Purpose purpose,
                                                                  std::uint64_t stream, std::uint64_t index) {
  using Generator = r123::Philox4x32;
  Generator::ctr_type counter = {{static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32),
                                  static_cast<std::uint32_t>(stream),
                                  static_cast<std::uint32_t>(stream >> 32)}};
  // The purpose enters the key, odd-multiplied so that neighbouring seeds and purposes do not meet.
  const std::uint64_t mixed = seed + 0x9e3779b97f4a7c15ull * static_cast<std::uint32_t>(purpose);
  Generator::key_type key = {{static_cast<std::uint32_t>(mixed), static_cast<std::uint32_t>(mixed >> 32)}};
  const Generator::ctr_type r = Generator()(counter, key);
  return {r[0], r[1], r[2], r[3]};
}

// A word as a float in (0, 1), the same on every compiler. 23 bits: with 24, adding the half would round up
// to 1.
GENRETRACK_HOST_DEVICE inline float uniform_float(std::uint32_t word) {
  return (static_cast<float>(word >> 9) + 0.5f) * (1.0f / 8388608.0f);
}

// A sequence of numbers of one stream, for host code. Usable with Boost.Math's inverse distributions; the
// standard library's distributions differ between implementations and must not be used on it.
class Random {
 public:
  Random(std::uint64_t seed, Purpose purpose, std::uint64_t stream = 0)
      : seed_(seed), purpose_(purpose), stream_(stream) {}

  std::uint32_t word() {
    if (used_ == 4) {
      words_ = philox(seed_, purpose_, stream_, index_++);
      used_ = 0;
    }
    return words_[used_++];
  }
  // In (0, 1), 52 bits: with 53, adding the half would round up to 1.
  double uniform() {
    const std::uint64_t high = word(), low = word();
    return (static_cast<double>(((high << 32) | low) >> 12) + 0.5) * 0x1p-52;
  }
  // In [0, n), without bias (rejection); n > 0.
  std::uint32_t below(std::uint32_t n) {
    const std::uint32_t limit = -n % n;
    for (;;) {
      const std::uint64_t product = static_cast<std::uint64_t>(word()) * n;
      if (static_cast<std::uint32_t>(product) >= limit) return static_cast<std::uint32_t>(product >> 32);
    }
  }
  // Fisher-Yates.
  template <class T>
  void shuffle(std::vector<T>& items) {
    for (std::size_t i = items.size(); i > 1; --i)
      std::swap(items[i - 1], items[below(static_cast<std::uint32_t>(i))]);
  }
  std::vector<std::size_t> permutation(std::size_t n) {
    std::vector<std::size_t> order(n);
    std::iota(order.begin(), order.end(), std::size_t{0});
    shuffle(order);
    return order;
  }

 private:
  std::uint64_t seed_;
  Purpose purpose_;
  std::uint64_t stream_;
  std::uint64_t index_ = 0;
  std::array<std::uint32_t, 4> words_{};
  int used_ = 4;
};

}  // namespace genretrack
