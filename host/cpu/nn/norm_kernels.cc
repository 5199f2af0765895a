#include "host/cpu/nn/norm_kernels.h"

#include <algorithm>

#include "host/cpu/nn/lanes.h"
#include "host/cpu/widest_lanes.h"

namespace genretrack::cpu {
namespace {

constexpr int kRun = 256;  // so many values are summed in float before they join a longer sum

template <int L>
struct Kernels : Lanes<L> {
  using typename Lanes<L>::V, typename Lanes<L>::I;
  using Lanes<L>::load, Lanes<L>::store, Lanes<L>::larger;

  // The sign bit where the scale is negative: the winner of a window is then its smallest value.
  GENRETRACK_INLINE static I flips(V scale) { return (I)scale & INT32_MIN; }
  GENRETRACK_INLINE static V flip(V v, I sign) { return (V)((I)v ^ sign); }

  GENRETRACK_INLINE static void statistics(const NormPlane& plane, const float* x, float* out) {
    const int area = plane.height * plane.width;
    const V pivot = load(x);
    V sum{}, squares{};
    for (int i = 0; i < area; i += kRun) {
      V s{}, q{};
      const float* end = x + std::size_t(std::min(area - i, kRun)) * L;
      for (; x < end; x += L) {
        const V v = load(x) - pivot;
        s += v;
        q += v * v;
      }
      sum += s;
      squares += q;
    }
    store(out, pivot);
    store(out + L, sum);
    store(out + 2 * L, squares);
  }

  template <int PH, int PW>
  GENRETRACK_INLINE static void apply_pooled(const NormPlane& plane, const float* x, float* winners,
                                             float* pooled) {
    const V mean = load(plane.mean), scale = load(plane.scale), shift = load(plane.shift);
    const V floor = V{} + plane.floor;
    const I sign = flips(scale);
    const std::size_t row = std::size_t(plane.width) * L;
    for (int i = 0; i < plane.pooled_height(); ++i) {
      const float* p = x + std::size_t(i) * PH * row;
      for (int j = 0; j < plane.pooled_width(); ++j, p += PW * L, pooled += L) {
        V most = flip(load(p), sign);
        if constexpr (PW == 2) most = larger(most, flip(load(p + L), sign));
        if constexpr (PH == 2) most = larger(most, flip(load(p + row), sign));
        if constexpr (PH == 2 && PW == 2) most = larger(most, flip(load(p + row + L), sign));
        const V winner = flip(most, sign);
        if (winners) {
          store(winners, winner);
          winners += L;
        }
        store(pooled, larger(floor, (winner - mean) * scale + shift));
      }
    }
  }

  GENRETRACK_INLINE static void apply(const NormPlane& p, const float* x, float* winners, float* pooled) {
    if (p.pool_height == 2 && p.pool_width == 2) return apply_pooled<2, 2>(p, x, winners, pooled);
    if (p.pool_height == 2) return apply_pooled<2, 1>(p, x, winners, pooled);
    if (p.pool_width == 2) return apply_pooled<1, 2>(p, x, winners, pooled);
    apply_pooled<1, 1>(p, x, winners, pooled);
  }

  GENRETRACK_INLINE static void sums(const NormPlane& plane, const float* winners, const float* diff,
                                     float* out) {
    const V mean = load(plane.mean), scale = load(plane.scale), shift = load(plane.shift);
    const V floor = V{} + plane.floor;
    const int area = plane.pooled_height() * plane.pooled_width();
    V total{}, products{};
    for (int i = 0; i < area; i += kRun) {
      V s{}, q{};
      const float* end = winners + std::size_t(std::min(area - i, kRun)) * L;
      for (; winners < end; winners += L, diff += L) {
        const V centred = load(winners) - mean;
        const V g = centred * scale + shift > floor ? load(diff) : V{};
        s += g;
        q += g * centred;
      }
      total += s;
      products += q;
    }
    store(out, total);
    store(out + L, products);
  }

  // scale * (g - mean of g - (x - mean) * slope); without g for what no window covers.
  struct Line {
    V mean, scale, offset, slope;
    GENRETRACK_INLINE V at(V x, V g) const { return (g - offset - (x - mean) * slope) * scale; }
  };

  template <int PH, int PW>
  GENRETRACK_INLINE static void gradient_pooled(const NormPlane& plane, const float* diff, float* x) {
    const V shift = load(plane.shift), floor = V{} + plane.floor;
    const Line line = {load(plane.mean), load(plane.scale), load(plane.gradient_mean),
                       load(plane.gradient_slope)};
    const I sign = flips(line.scale);
    const std::size_t row = std::size_t(plane.width) * L;
    for (int i = 0; i < plane.pooled_height(); ++i) {
      float* p = x + std::size_t(i) * PH * row;
      float* row_end = p + row;
      for (int j = 0; j < plane.pooled_width(); ++j, p += PW * L, diff += L) {
        const std::size_t places[4] = {0, PW == 2 ? L : row, row, row + L};
        V values[PH * PW];
        for (int k = 0; k < PH * PW; ++k) values[k] = load(p + places[k]);
        V most = flip(values[0], sign);
        for (int k = 1; k < PH * PW; ++k) most = larger(most, flip(values[k], sign));
        const V winner = flip(most, sign);
        const V y = (winner - line.mean) * line.scale + shift;
        V rest = y > floor ? load(diff) : V{};  // what no earlier winner took
        for (int k = 0; k < PH * PW; ++k) {
          const V g = values[k] == winner ? rest : V{};
          rest -= g;
          store(p + places[k], line.at(values[k], g));
        }
      }
      for (; p < row_end; p += L)
        for (int r = 0; r < PH; ++r) store(p + r * row, line.at(load(p + r * row), V{}));
    }
    float* end = x + std::size_t(plane.height) * row;
    for (float* p = x + std::size_t(plane.pooled_height()) * PH * row; p < end; p += L)
      store(p, line.at(load(p), V{}));
  }

  GENRETRACK_INLINE static void gradient(const NormPlane& p, const float* diff, float* x) {
    if (p.pool_height == 2 && p.pool_width == 2) return gradient_pooled<2, 2>(p, diff, x);
    if (p.pool_height == 2) return gradient_pooled<2, 1>(p, diff, x);
    if (p.pool_width == 2) return gradient_pooled<1, 2>(p, diff, x);
    gradient_pooled<1, 1>(p, diff, x);
  }
};

// The same bodies under each instruction set.
#define GENRETRACK_NORM_KERNELS(name, lanes, attribute)                                                   \
  struct name {                                                                                           \
    attribute static void statistics(const NormPlane& p, const float* x, float* out) {                    \
      Kernels<lanes>::statistics(p, x, out);                                                              \
    }                                                                                                     \
    attribute static void apply(const NormPlane& p, const float* x, float* winners, float* pooled) {      \
      Kernels<lanes>::apply(p, x, winners, pooled);                                                       \
    }                                                                                                     \
    attribute static void sums(const NormPlane& p, const float* winners, const float* diff, float* out) { \
      Kernels<lanes>::sums(p, winners, diff, out);                                                        \
    }                                                                                                     \
    attribute static void gradient(const NormPlane& p, const float* diff, float* x) {                     \
      Kernels<lanes>::gradient(p, diff, x);                                                               \
    }                                                                                                     \
    static NormKernels table(const char* instructions) {                                                  \
      return {lanes, instructions, statistics, apply, sums, gradient};                                    \
    }                                                                                                     \
  };

GENRETRACK_NORM_KERNELS(Baseline8, 8, )
GENRETRACK_NORM_KERNELS(Baseline16, 16, )
#if defined(__x86_64__)
GENRETRACK_NORM_KERNELS(Avx2, 8, __attribute__((target("arch=x86-64-v3"))))
GENRETRACK_NORM_KERNELS(Avx512, 16, __attribute__((target("arch=x86-64-v4"))))
#endif

}  // namespace

std::vector<NormKernels> all_norm_kernels() {
  std::vector<NormKernels> all = {Baseline8::table("baseline"), Baseline16::table("baseline")};
#if defined(__x86_64__)
  if (widest_lanes() >= 8) all.push_back(Avx2::table("avx2"));
  if (widest_lanes() >= 16) all.push_back(Avx512::table("avx512"));
#endif
  return all;
}

const NormKernels& norm_kernels(int lanes) {
  static const std::vector<NormKernels> all = all_norm_kernels();
  const auto last =
      std::find_if(all.rbegin(), all.rend(), [&](const NormKernels& k) { return k.lanes == lanes; });
  return *last;
}

}  // namespace genretrack::cpu
