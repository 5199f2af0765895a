// Running medians of 31 by a network of minima and maxima, the same for every lane. Windows of neighbouring
// places share most of their elements, and sorted runs of them are made once and used by all.
#pragma once

#include "host/cpu/features/lanes.h"
#include "host/dsp/hpss.h"

namespace genretrack {

inline constexpr int kMedianBlock = 16;  // places whose medians are made together

// Sixteen neighbouring elements: as they come, and sorted within aligned runs of 2, 4 and 8.
template <int L>
struct SortedBlock {
  using V = typename Lanes<L>::V;
  V one[kMedianBlock], two[kMedianBlock], four[kMedianBlock], eight[kMedianBlock];
  template <int Run>
  GENRETRACK_INLINE const V* runs() const {
    if constexpr (Run == 1) return one;
    if constexpr (Run == 2) return two;
    if constexpr (Run == 4) return four;
    if constexpr (Run == 8) return eight;
  }
};

template <int L>
struct MedianNetwork {
  using A = Lanes<L>;
  using V = typename A::V;
  using Block = SortedBlock<L>;

  GENRETRACK_INLINE static void order(V& a, V& b) {
    const V low = A::min(a, b);
    b = A::max(a, b);
    a = low;
  }
  // Sorts a[0], a[Step], a[2 Step], ... of N elements, whose halves are sorted (Batcher's odd-even merge).
  template <int N, int Step = 1>
  GENRETRACK_INLINE static void merge(V* a) {
    if constexpr (2 * Step < N) {
      merge<N, 2 * Step>(a);
      merge<N, 2 * Step>(a + Step);
      GENRETRACK_UNROLL
      for (int i = Step; i + Step < N; i += 2 * Step) order(a[i], a[i + Step]);
    } else {
      order(a[0], a[Step]);
    }
  }
  // Sorts N elements that rise and then fall, or the reverse.
  template <int N>
  GENRETRACK_INLINE static void sort_bitonic(V* a) {
    if constexpr (N > 1) {
      GENRETRACK_UNROLL
      for (int i = 0; i < N / 2; ++i) order(a[i], a[i + N / 2]);
      sort_bitonic<N / 2>(a);
      sort_bitonic<N / 2>(a + N / 2);
    }
  }

  template <int Run>
  GENRETRACK_INLINE static void merge_runs(const V* in, V* out) {
    GENRETRACK_UNROLL
    for (int i = 0; i < kMedianBlock; i += Run) {
      V run[Run];
      GENRETRACK_UNROLL
      for (int j = 0; j < Run; ++j) run[j] = in[i + j];
      merge<Run>(run);
      GENRETRACK_UNROLL
      for (int j = 0; j < Run; ++j) out[i + j] = run[j];
    }
  }
  // Fills the other runs from block.one.
  GENRETRACK_INLINE static void sort_runs(Block& block) {
    merge_runs<2>(block.one, block.two);
    merge_runs<4>(block.two, block.four);
    merge_runs<8>(block.four, block.eight);
  }

  // The medians of the 31 elements around each place of block `here`, which reach into its neighbours.
  GENRETRACK_INLINE static void medians(const Block& before, const Block& here, const Block& behind, V* out) {
    V core[kMedianBlock];  // in every window of the block
    GENRETRACK_UNROLL
    for (int i = 0; i < kMedianBlock; ++i) core[i] = here.eight[i];
    merge<kMedianBlock>(core);
    narrow<kMedianBlock, 0>(core, before, here, behind, out);
  }

 private:
  // The medians of N neighbouring places from `Place` on, from the N sorted elements among which all of them
  // are. Each half of the places adds the N / 2 elements that are in all of its own windows but not in those
  // of the other half, and keeps the middle third of the union: with as many elements still missing on either
  // side, the rest is too large or too small to be a median.
  template <int N, int Place>
  GENRETRACK_INLINE static void narrow(const V* core, const Block& before, const Block& here,
                                       const Block& behind, V* out) {
    if constexpr (N == 1) {
      out[Place] = core[0];
    } else {
      constexpr int H = N / 2, kEarlier = Place + H, kLater = Place;  // both in the block before and behind
      V kept[H];
      keep_middle<H>(core, run_at<H, kEarlier - kMedianBlock>(before, here, behind), kept);
      narrow<H, Place>(kept, before, here, behind, out);
      keep_middle<H>(core, run_at<H, kLater + kMedianBlock>(before, here, behind), kept);
      narrow<H, Place + H>(kept, before, here, behind, out);
    }
  }
  template <int Run, int At>  // a place counted from the beginning of `here`
  GENRETRACK_INLINE static const V* run_at(const Block& before, const Block& here, const Block& behind) {
    if constexpr (At < 0)
      return before.template runs<Run>() + At + kMedianBlock;
    else if constexpr (At < kMedianBlock)
      return here.template runs<Run>() + At;
    else
      return behind.template runs<Run>() + At - kMedianBlock;
  }
  // The middle H of 2 H sorted and H more sorted elements, sorted.
  template <int H>
  GENRETRACK_INLINE static void keep_middle(const V* core, const V* more, V* kept) {
    V low[H];
    GENRETRACK_UNROLL
    for (int i = 0; i < H; ++i) low[i] = A::min(core[H + i], more[H - 1 - i]);  // without the largest H
    sort_bitonic<H>(low);
    GENRETRACK_UNROLL
    for (int i = 0; i < H; ++i) kept[i] = A::max(core[i], low[H - 1 - i]);  // without the smallest H
    sort_bitonic<H>(kept);
  }
};

}  // namespace genretrack
