// The tuning of a clip: peaks of each group while its power is in the cache, then their histogram.
#pragma once

#include <algorithm>
#include <bit>

#include "host/cpu/features/lanes.h"
#include "host/cpu/features/workspace.h"
#include "host/dsp/tuning.h"

namespace genretrack {

// Adds the peaks of one group's power (bins, L) to w.peaks, which has room for one in two bins of each frame:
// bins above a tenth of their frame's largest, above the bin before and not below the bin behind.
template <int L>
GENRETRACK_INLINE void find_peaks(const FeatureTables& t, const float* power, int valid, Workspace& w) {
  using A = Lanes<L>;
  using V = typename A::V;
  using I = typename A::I;
  const int last_bin = t.bins - 1;
  if (t.pitch.first > t.pitch.last) return;
  V largest{}, other{};  // two, for the latency
  for (int k = 0; k < last_bin; k += 2) {
    largest = A::max(largest, A::load(power + k * L));
    other = A::max(other, A::load(power + (k + 1) * L));
  }
  V threshold = A::max(A::max(largest, other), A::load(power + last_bin * L)) * float(kPeakThreshold);
  for (int l = valid; l < L; ++l) threshold[l] = 3e38f;  // frames behind the end have no peaks
  Peaks& peaks = w.peaks;
  int n = peaks.count;
  const float hertz_per_bin = static_cast<float>(double(t.params.sample_rate) / t.params.n_fft);
  V left = A::load(power + (t.pitch.first - 1) * L), middle = A::load(power + t.pitch.first * L);
  for (int k = t.pitch.first; k <= t.pitch.last; ++k) {
    const V right = k < last_bin ? A::load(power + (k + 1) * L) : middle;
    // middle > max(threshold, left) and middle >= right: the bits of floats that are not negative compare
    // like integers, and signs of differences stay in registers where g++ 12 takes the conjunction of two
    // comparisons apart lane by lane.
    const I above = (I)A::max(threshold, left) - (I)middle, below = (I)middle - (I)right;
    uint64_t hits = A::bits((above & ~below) >> 31);
    if (hits) {
      const V shift = k < last_bin ? peak_shift<A>(left, middle, right) : V{};
      alignas(64) float hertz[L], strength[L];
      A::store(hertz, (shift + float(k)) * hertz_per_bin);
      A::store(strength, peak_strength<A>(left, middle, right, shift));
      for (; hits; hits &= hits - 1) {
        const int l = A::lane_of(std::countr_zero(hits));
        peaks.hertz[std::size_t(n)] = hertz[l];
        peaks.strength[std::size_t(n++)] = strength[l];
        ++peaks.bucket[std::bit_cast<uint32_t>(strength[l]) >> Peaks::kBucketShift];
      }
    }
    left = middle;
    middle = right;
  }
  peaks.count = n;
}

// The upper median of the peaks' strengths. There is at least one.
inline float median_strength(const Peaks& peaks) {
  int rank = peaks.count / 2;
  uint32_t bucket = 0;
  for (; rank >= peaks.bucket[bucket]; ++bucket) rank -= peaks.bucket[bucket];
  std::vector<float> inside;
  for (int i = 0; i < peaks.count; ++i)
    if (std::bit_cast<uint32_t>(peaks.strength[std::size_t(i)]) >> Peaks::kBucketShift == bucket)
      inside.push_back(peaks.strength[std::size_t(i)]);
  std::nth_element(inside.begin(), inside.begin() + rank, inside.end());
  return inside[std::size_t(rank)];
}

// The fullest bin of the histogram of the peaks that are not below `least`; w.peaks has room for L more.
template <int L>
GENRETRACK_INLINE int fullest_tuning_bin(Workspace& w, float least) {
  using A = Lanes<L>;
  using V = typename A::V;
  using I = typename A::I;
  Peaks& peaks = w.peaks;
  std::fill_n(peaks.strength.begin() + peaks.count, L, 0.0f);
  std::fill_n(peaks.hertz.begin() + peaks.count, L, float(kLowestA));
  int count[kTuningBins + 1] = {};  // the last takes the peaks that are too weak
  for (int i = 0; i < peaks.count; i += L) {
    V x = semitones_and_half<A>(A::load(&peaks.hertz[std::size_t(i)]));
    x -= __builtin_convertvector(__builtin_convertvector(x, I), V);
    const I bin = __builtin_convertvector(x * float(kTuningBins), I);
    const I counted = A::load(&peaks.strength[std::size_t(i)]) >= least ? bin : I{} + kTuningBins;
    for (int l = 0; l < L; ++l) ++count[counted[l]];
  }
  return static_cast<int>(std::max_element(count, count + kTuningBins) - count);
}

}  // namespace genretrack
