// The power spectrum of L frames side by side: window, real FFT, squared magnitude.
#pragma once

#include "host/cpu/features/fft_tables.h"
#include "host/cpu/features/lanes.h"

namespace genretrack {

template <int L>
struct LaneFft {
  using A = Lanes<L>;
  using V = typename A::V;
  struct Complex {
    V re, im;
  };

  GENRETRACK_INLINE static Complex plus(Complex a, Complex b) { return {a.re + b.re, a.im + b.im}; }
  GENRETRACK_INLINE static Complex minus(Complex a, Complex b) { return {a.re - b.re, a.im - b.im}; }
  GENRETRACK_INLINE static Complex times(Complex a, Rotation w) {
    return {a.re * w.re - a.im * w.im, a.re * w.im + a.im * w.re};
  }

  // In place, natural order.
  GENRETRACK_INLINE static void fft4(Complex& a, Complex& b, Complex& c, Complex& d) {
    const Complex s = plus(a, c), t = minus(a, c), u = plus(b, d);
    const Complex v = {b.im - d.im, d.re - b.re};  // -i (b - d)
    a = plus(s, u);
    b = plus(t, v);
    c = minus(s, u);
    d = minus(t, v);
  }
  GENRETRACK_INLINE static void fft8(Complex* x) {
    constexpr float r = 0.70710678f;
    fft4(x[0], x[2], x[4], x[6]);
    fft4(x[1], x[3], x[5], x[7]);
    const Complex even[4] = {x[0], x[2], x[4], x[6]};
    const Complex odd[4] = {x[1],
                            {(x[3].re + x[3].im) * r, (x[3].im - x[3].re) * r},
                            {x[5].im, -x[5].re},
                            {(x[7].im - x[7].re) * r, (x[7].re + x[7].im) * -r}};
    GENRETRACK_UNROLL
    for (int k = 0; k < 4; ++k) {
      x[k] = plus(even[k], odd[k]);
      x[k + 4] = minus(even[k], odd[k]);
    }
  }
  template <int N>
  GENRETRACK_INLINE static void small_fft(Complex* x) {
    if constexpr (N == 4)
      fft4(x[0], x[1], x[2], x[3]);
    else
      fft8(x);
  }

  // The same of a and b alone, where c and d are zero, and b too where there is `one` input only.
  GENRETRACK_INLINE static void fft4_begun(Complex& a, Complex& b, Complex& c, Complex& d, bool one) {
    if (one) {
      b = c = d = a;
    } else {
      const Complex s = a, v = {b.im, -b.re};
      a = plus(s, b);
      c = minus(s, b);
      b = plus(s, v);
      d = minus(s, v);
    }
  }

  // N = 8 points at once, or N = 16, 32 or 64 as 4 x 4, 4 x 8 or 8 x 8: `get(n)` delivers input n, `put(k,
  // x)` takes output k, w[i] is i / N of a turn. Inputs from `Filled` on are zero and not asked for.
  template <int N, int Filled = N, class Get, class Put>
  GENRETRACK_INLINE static void fft(const Rotation* w, const Get& get, const Put& put) {
    if constexpr (N == 8) {
      Complex x[8];
      GENRETRACK_UNROLL
      for (int i = 0; i < 8; ++i) x[i] = get(i);
      fft8(x);
      GENRETRACK_UNROLL
      for (int i = 0; i < 8; ++i) put(i, x[i]);
    } else {
      long_fft<N, Filled>(w, get, put);
    }
  }
  template <int N, int Filled, class Get, class Put>
  GENRETRACK_INLINE static void long_fft(const Rotation* w, const Get& get, const Put& put) {
    constexpr int P = N == 64 ? 8 : 4, Q = N / P;
    static_assert(Filled == N || (P == 4 && Filled <= 2 * Q), "zeros are for the second half of four");
    Complex y[P][Q];
    GENRETRACK_UNROLL
    for (int q = 0; q < Q; ++q) {
      Complex x[P];
      GENRETRACK_UNROLL
      for (int i = 0; i < P; ++i)
        if (q + Q * i < Filled) x[i] = get(q + Q * i);
      if constexpr (Filled == N)
        small_fft<P>(x);
      else
        fft4_begun(x[0], x[1], x[2], x[3], q + Q >= Filled);
      GENRETRACK_UNROLL
      for (int k = 0; k < P; ++k) y[k][q] = k * q == 0 ? x[k] : times(x[k], w[k * q]);
    }
    GENRETRACK_UNROLL
    for (int k = 0; k < P; ++k) {
      small_fft<Q>(y[k]);
      GENRETRACK_UNROLL
      for (int i = 0; i < Q; ++i) put(k + P * i, y[k][i]);
    }
  }

  // The real transform of 2 * Rows * Columns samples as a complex one of Rows x Columns. Sample n of the L
  // frames lies at hops + offset[n]. The window, which carries a factor of one half for the split, goes into
  // the first half of the work. The second takes rows k1 and Rows - k1 together, because bins k and
  // Rows * Columns - k meet there, so that the split of the real transform and the power need no pass of
  // their own. Rows of `work` (Rows, Columns + 1) have one more than they need: a power of two would put a
  // whole column into one set of the cache. Writes power (bins, L).
  template <int Rows, int Columns>
  GENRETRACK_INLINE static void power(const FftTables& tables, const float* window, const int* offset,
                                      const float* hops, float* work_memory, float* result) {
    constexpr int Half = Rows * Columns, Stride = Columns + 1;
    Complex* work = reinterpret_cast<Complex*>(work_memory);
    for (int j = 0; j < Columns; ++j) {
      const Rotation* middle = &tables.middle[static_cast<std::size_t>(j) * Rows];
      fft<Rows>(
          tables.row_step.data(),
          [&](int i) __attribute__((always_inline)) {
            const int n = 2 * (j + Columns * i);
            return Complex{A::load(hops + offset[n]) * window[n],
                           A::load(hops + offset[n + 1]) * window[n + 1]};
          },
          [&](int k, Complex x)
              __attribute__((always_inline)) { work[k * Stride + j] = times(x, middle[k]); });
    }
    for (int k1 = 0; k1 <= Rows / 2; ++k1) {
      Complex x[Columns], y[Columns];
      const int mirror = (Rows - k1) % Rows;
      row<Rows, Columns>(tables, work + k1 * Stride, x);
      if (mirror != k1) row<Rows, Columns>(tables, work + mirror * Stride, y);
      const Complex* other = mirror != k1 ? y : x;
      for (int k2 = 0; k2 < Columns; ++k2) {
        const int k = k1 + Rows * k2;
        const Complex a = x[k2], b = other[k1 ? Columns - 1 - k2 : (Columns - k2) % Columns];
        const Complex even = {a.re + b.re, a.im - b.im};
        const Complex odd = times(Complex{a.im + b.im, b.re - a.re}, tables.split[std::size_t(k)]);
        const Complex low = plus(even, odd), high = minus(even, odd);
        A::store(result + k * L, low.re * low.re + low.im * low.im);
        A::store(result + (Half - k) * L, high.re * high.re + high.im * high.im);
      }
    }
  }

 private:
  template <int Rows, int Columns>
  GENRETRACK_INLINE static void row(const FftTables& tables, const Complex* in, Complex* out) {
    fft<Columns>(
        tables.column_step.data(), [&](int n) __attribute__((always_inline)) { return in[n]; },
        [&](int k, Complex v) __attribute__((always_inline)) { out[k] = v; });
  }
};

}  // namespace genretrack
