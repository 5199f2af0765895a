// Harmonic and percussive parts of a clip's power. Medians commute with the square root, so that they run on
// powers instead of magnitudes. A stretch of the clip goes through at a time, so that what lies between stays
// in the cache.
#pragma once

#include <algorithm>

#include "host/cpu/features/sorted_blocks.h"
#include "host/cpu/features/workspace.h"
#include "host/dsp/hpss.h"

namespace genretrack {

// Sixteen frames from `first` on, a multiple of 16, mirrored at the clip's ends, of the L bins from `bin` on:
// a vector of bins per frame.
template <int L>
GENRETRACK_INLINE void load_frames(const FeatureTables& t, const float* power, int first, int bin,
                                   typename Lanes<L>::V* frames) {
  using A = Lanes<L>;
  const auto group_of = [&](int frame) __attribute__((always_inline)) {
    return power + std::size_t(frame / L) * std::size_t(t.bins) * L;
  };
  if (first >= 0 && first + kMedianBlock <= t.frames) {
    for (int f = 0; f < kMedianBlock; f += L) {
      const float* group = group_of(first + f);
      typename A::V tile[L];
      GENRETRACK_UNROLL
      for (int i = 0; i < L; ++i) tile[i] = A::load(group + std::min(bin + i, t.bins - 1) * L);
      A::transpose(tile);
      GENRETRACK_UNROLL
      for (int i = 0; i < L; ++i) frames[f + i] = tile[i];
    }
    return;
  }
  for (int f = 0; f < kMedianBlock; ++f) {
    const int frame = reflected(first + f, t.frames);
    const float* group = group_of(frame) + frame % L;
    for (int i = 0; i < L; ++i) frames[f][i] = group[std::min(bin + i, t.bins - 1) * L];
  }
}

// Medians over time of the frames from `first` on, a multiple of 16, w.stretch of them at most, into
// w.medians (groups, bins rounded up, L).
template <int L>
GENRETRACK_INLINE void medians_over_time(const FeatureTables& t, const float* power, int first,
                                         Workspace& w) {
  using A = Lanes<L>;
  using V = typename A::V;
  using Network = MedianNetwork<L>;
  const int end = std::min(first + w.stretch, t.frames);
  SortedBlock<L> ring[3];
  SortedBlock<L>*before = &ring[0], *here = &ring[1], *behind = &ring[2];
  for (int bin = 0; bin < t.bins; bin += L) {
    load_frames<L>(t, power, first - kMedianBlock, bin, before->one);
    Network::sort_runs(*before);
    load_frames<L>(t, power, first, bin, here->one);
    Network::sort_runs(*here);
    for (int f = first; f < end; f += kMedianBlock) {
      load_frames<L>(t, power, f + kMedianBlock, bin, behind->one);
      Network::sort_runs(*behind);
      V median[kMedianBlock];
      Network::medians(*before, *here, *behind, median);
      for (int g = 0; g < kMedianBlock; g += L) {
        A::transpose(median + g);
        float* out = w.medians.data() +
                     (std::size_t((f - first + g) / L) * std::size_t(w.median_bins) + std::size_t(bin)) * L;
        GENRETRACK_UNROLL
        for (int i = 0; i < L; ++i) A::store(out + i * L, median[g + i]);
      }
      SortedBlock<L>* const free = before;
      before = here;
      here = behind;
      behind = free;
    }
  }
}

// One part of a group's power (bins, L): its medians over frequency against those over time, `over_time`
// (bins rounded up, L), make the mask.
template <int L, bool Harmonic>
GENRETRACK_INLINE void masked_power(const FeatureTables& t, const float* power, const float* over_time,
                                    float* result) {
  using A = Lanes<L>;
  using V = typename A::V;
  using Network = MedianNetwork<L>;
  SortedBlock<L> ring[3];
  SortedBlock<L>*before = &ring[0], *here = &ring[1], *behind = &ring[2];
  const auto fill = [&](SortedBlock<L> & block, int first) __attribute__((always_inline)) {
    if (first >= 0 && first + kMedianBlock <= t.bins) {
      GENRETRACK_UNROLL
      for (int i = 0; i < kMedianBlock; ++i) block.one[i] = A::load(power + (first + i) * L);
    } else {
      for (int i = 0; i < kMedianBlock; ++i) block.one[i] = A::load(power + reflected(first + i, t.bins) * L);
    }
    Network::sort_runs(block);
  };
  fill(*before, -kMedianBlock);
  fill(*here, 0);
  for (int bin = 0; bin < t.bins; bin += kMedianBlock) {
    fill(*behind, bin + kMedianBlock);
    V median[kMedianBlock];
    Network::medians(*before, *here, *behind, median);
    const int count = std::min(kMedianBlock, t.bins - bin);
    for (int i = 0; i < count; ++i) {
      const int at = (bin + i) * L;
      const V percussive = median[i], harmonic = A::load(over_time + at);
      const V mask = Harmonic ? soft_mask<A>(harmonic, percussive) : soft_mask<A>(percussive, harmonic);
      A::store(result + at, A::load(power + at) * mask * mask);
    }
    SortedBlock<L>* const free = before;
    before = here;
    here = behind;
    behind = free;
  }
}

}  // namespace genretrack
