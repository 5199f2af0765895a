// Onset strength and its autocorrelation around each frame, by way of the power spectrum of each window
// (Wiener-Khinchin). The windows of 2 L frames, L as real and L as imaginary part, go through one complex FFT
// of 1024 = 32 x 32 points, wide enough for all lags to stay apart.
#pragma once

#include <algorithm>
#include <cmath>

#include "host/cpu/features/fft.h"
#include "host/cpu/features/workspace.h"
#include "host/dsp/flux.h"
#include "host/dsp/onset.h"
#include "host/dsp/tempogram.h"

namespace genretrack {

// Onset strength of a clip from w.db(), into w.onsets: kTempogramSide frames that rise from zero, the clip's,
// as many that fall to zero, and zeros.
template <int L>
GENRETRACK_INLINE void onset_strength(const FeatureTables& t, Workspace& w) {
  using A = Lanes<L>;
  const int delay = onset_delay(t.params.n_fft, t.params.hop_length);
  float* onsets = w.onsets.data();
  std::fill_n(onsets, w.onset_count, 0.0f);
  float* clip = onsets + kTempogramSide;
  for (int f = 0; f + delay < t.frames; f += L) {
    typename A::V sum{};
    float* db = w.db() + f;
    for (int m = 0; m < t.params.n_mels; ++m, db += w.db_stride) {
      if (f == 0) db[-1] = db[0];
      sum += rectified_flux<A>(A::load(db), A::load(db - 1));
    }
    A::store_first(clip + f + delay, sum * (1.0f / static_cast<float>(t.params.n_mels)),
                   t.frames - delay - f);
  }
  for (int i = 1; i <= kTempogramSide; ++i) {
    clip[-i] = onset_ramp<Scalar<float>>(clip[0], i);
    clip[t.frames - 1 + i] = onset_ramp<Scalar<float>>(clip[t.frames - 1], i);
  }
}

template <int L>
struct LaneAutocorrelation {
  using A = Lanes<L>;
  using V = typename A::V;
  using Fft = LaneFft<L>;
  using Complex = typename Fft::Complex;
  static constexpr int kSide = 32, kPoints = kSide * kSide, kStride = kSide + 1;
  static constexpr int kFilled = kTempogramLags / kSide;  // rows of the input that are not zero

  // Windows the L frames from `onsets` on, at energy 1 each, so that one part of a complex number does not
  // drown in the other's rounding. Returns 1, or 0 for frames without onsets.
  GENRETRACK_INLINE static V window(const float* hann, const float* onsets, float* out, int stride) {
    V energy{};
    for (int n = 0; n < kTempogramLags; ++n) {
      const V x = A::load(onsets + n) * hann[n];
      A::store(out + n * stride, x);
      energy += x * x;
    }
    V scale = tempogram_scale<A>(energy);
    for (int l = 0; l < L; ++l) scale[l] = std::sqrt(scale[l]);
    for (int n = 0; n < kTempogramLags; ++n) A::store(out + n * stride, A::load(out + n * stride) * scale);
    return energy > A::of(0) ? A::of(1) : A::of(0);
  }

  // The first pass: columns of the windows into rows of `work`, (kSide, kStride).
  GENRETRACK_INLINE static void columns(const FftTables& tables, const Complex* in, Complex* work) {
    for (int j = 0; j < kSide; ++j) {
      const Rotation* middle = &tables.middle[std::size_t(j) * kSide];
      Fft::template fft<kSide, kFilled>(
          tables.row_step.data(), [&](int i) __attribute__((always_inline)) { return in[j + kSide * i]; },
          [&](int k, Complex x)
              __attribute__((always_inline)) { work[k * kStride + j] = Fft::times(x, middle[k]); });
    }
  }

  // The second pass for rows k1 and 32 - k1, which hold the spectrum's bins k and 1024 - k: apart into the
  // two real signals' powers, which are the real and the imaginary part of column k1 of the way back.
  GENRETRACK_INLINE static void powers(const FftTables& tables, const Complex* work, int k1,
                                       Complex* result) {
    Complex x[kSide], y[kSide];
    const int mirror = (kSide - k1) % kSide;
    row(tables, work + k1 * kStride, x);
    if (mirror != k1) row(tables, work + mirror * kStride, y);
    const Complex* other = mirror != k1 ? y : x;
    for (int k2 = 0; k2 < kSide; ++k2) {
      const Complex a = x[k2], b = other[k1 ? kSide - 1 - k2 : (kSide - k2) % kSide];
      const V re = a.re + b.re, im = a.im - b.im, re2 = a.im + b.im, im2 = b.re - a.re;
      result[k2] = {re * re + im * im, re2 * re2 + im2 * im2};
    }
  }

  // The way back: its first pass for column j and, because the powers are even, column 32 - j of rows 0 to
  // 16, which hold every lag once.
  GENRETRACK_INLINE static void column_back(const FftTables& tables, const Complex* power, int j,
                                            Complex* back) {
    const Rotation* middle = &tables.middle[std::size_t(j) * kSide];
    Fft::template fft<kSide>(
        tables.row_step.data(), [&](int i) __attribute__((always_inline)) { return power[i]; },
        [&](int k, Complex x) __attribute__((always_inline)) {
          if (k <= kSide / 2) back[k * kStride + j] = Fft::times(x, middle[k]);
          const int mirror = (kSide - k) % kSide;
          if (mirror <= kSide / 2 && j > 0 && j < kSide / 2)
            back[mirror * kStride + kSide - j] = Fft::times(x, {middle[mirror].re, -middle[mirror].im});
        });
  }

  GENRETRACK_INLINE static void row(const FftTables& tables, const Complex* in, Complex* out) {
    Fft::template fft<kSide>(
        tables.column_step.data(), [&](int n) __attribute__((always_inline)) { return in[n]; },
        [&](int k, Complex x) __attribute__((always_inline)) { out[k] = x; });
  }
};

// From w.onsets into tempogram (kTempogramLags, frames).
template <int L>
GENRETRACK_INLINE void tempogram_rows(const FeatureTables& t, Workspace& w, float* tempogram) {
  using A = Lanes<L>;
  using V = typename A::V;
  using Way = LaneAutocorrelation<L>;
  using Complex = typename Way::Complex;
  constexpr int kSide = Way::kSide, kStride = Way::kStride;
  const FftTables& tables = *t.tempogram_fft;
  Complex* windows = reinterpret_cast<Complex*>(w.tempogram_work.data());
  Complex *work = windows + kTempogramLags, *back = work + kSide * kStride;
  for (int f = 0; f < t.frames; f += 2 * L) {
    V scale[2];
    for (int part = 0; part < 2; ++part)
      scale[part] = Way::window(t.tempogram_window.data(), w.onsets.data() + f + part * L,
                                w.tempogram_work.data() + part * L, 2 * L);
    Way::columns(tables, windows, work);
    for (int k = 0; k <= kSide / 2; ++k) {
      Complex power[kSide];
      Way::powers(tables, work, k, power);
      Way::column_back(tables, power, k, back);
    }
    const auto put = [&](int lag, Complex x) __attribute__((always_inline)) {
      float* out = tempogram + std::size_t(lag) * std::size_t(t.frames) + f;
      A::store_first(out, x.re * scale[0], t.frames - f);
      if (f + L < t.frames) A::store_first(out + L, x.im * scale[1], t.frames - f - L);
    };
    for (int k = 0; k <= kSide / 2; ++k) {
      Complex x[kSide];
      Way::row(tables, back + k * kStride, x);
      if (k == 0) {  // lag 0, the energy
        scale[0] *= tempogram_scale<A>(x[0].re);
        scale[1] *= tempogram_scale<A>(x[0].im);
      }
      for (int i = 0; i < Way::kFilled; ++i) put(k + kSide * i, x[i]);
      if (k > 0 && k < kSide / 2)
        for (int i = 0; i < Way::kFilled; ++i) put(kSide * (i + 1) - k, x[kSide - 1 - i]);
    }
  }
}

}  // namespace genretrack
