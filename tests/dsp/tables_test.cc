// Tables and laws of host/dsp against the naive references.
#include <gtest/gtest.h>

#include <numeric>

#include "host/dsp/chroma.h"
#include "host/dsp/dct.h"
#include "host/dsp/decibel.h"
#include "host/dsp/flux.h"
#include "host/dsp/mel.h"
#include "host/dsp/tuning.h"
#include "host/dsp/window.h"
#include "tests/reference/dsp_chroma.h"
#include "tests/reference/dsp_spectrum.h"

namespace genretrack {
namespace {

TEST(HannWindow, IsPeriodic) {
  const auto window = hann_window(8);
  EXPECT_EQ(window[0], 0);
  EXPECT_DOUBLE_EQ(window[4], 1);
  for (std::size_t n = 1; n < 8; ++n) EXPECT_NEAR(window[n], window[8 - n], 1e-15);
}

TEST(MelScale, IsSlaneys) {
  EXPECT_NEAR(hz_to_mel(200.0 / 3), 1, 1e-12);
  EXPECT_NEAR(hz_to_mel(1000), 15, 1e-12);
  EXPECT_NEAR(hz_to_mel(6400), 42, 1e-12);
  for (double hz : {0.0, 30.0, 999.9, 1000.1, 11025.0}) EXPECT_NEAR(mel_to_hz(hz_to_mel(hz)), hz, 1e-9);
}

TEST(MelBank, MatchesReference) {
  for (auto [rate, n_fft, n_mels] :
       {std::array{22050, 2048, 128}, {1500, 512, 20}, {48000, 8192, 160}, {22050, 512, 128}}) {
    const SparseBank bank = make_mel_bank(rate, n_fft, n_mels);
    const auto expected = reference::mel_weights(rate, n_fft, n_mels);
    reference::Matrix dense(expected.rows, expected.columns);
    for (std::size_t m = 0; m < dense.rows; ++m)
      for (int i = bank.begin[m]; i < bank.begin[m + 1]; ++i)
        dense(m, std::size_t(bank.first[m] + i - bank.begin[m])) = bank.weight[std::size_t(i)];
    for (std::size_t i = 0; i < dense.values.size(); ++i)
      ASSERT_NEAR(dense.values[i], expected.values[i], 1e-8) << rate << " " << i;
  }
}

TEST(Dct, IsOrthonormal) {
  constexpr int n = 40;
  const auto table = make_dct(n, n);
  for (int a = 0; a < n; ++a)
    for (int b = 0; b < n; ++b)
      EXPECT_NEAR(
          std::inner_product(table.begin() + a * n, table.begin() + (a + 1) * n, table.begin() + b * n, 0.0),
          a == b, 1e-12);
}

TEST(ChromaBank, MatchesReference) {
  for (double tuning : {-0.5, -0.13, 0.0, 0.49}) {
    const auto bank = make_chroma_bank(22050, 2048, tuning);
    const auto expected = reference::chroma_weights(22050, 2048, tuning);
    for (std::size_t k = 0; k < expected.columns; ++k)
      for (std::size_t c = 0; c < 12; ++c)
        ASSERT_NEAR(bank[k * 12 + c], expected(c, k), 1e-6) << tuning << " " << k;
  }
}

TEST(ChromaBank, PutsAConcertPitchIntoItsClass) {
  const auto bank = make_chroma_bank(44100, 8192, 0);
  auto class_of = [&](double hz) {
    const auto row = bank.begin() + std::lround(hz * 8192 / 44100) * 12;
    return std::max_element(row, row + 12) - row;
  };
  EXPECT_EQ(class_of(523.25), 0);  // C5
  EXPECT_EQ(class_of(880), 9);     // A5
}

template <class T>
class Laws : public ::testing::Test {};
using Numbers = ::testing::Types<float, double>;
TYPED_TEST_SUITE(Laws, Numbers);

TYPED_TEST(Laws, DecibelHasAFloor) {
  using N = Scalar<TypeParam>;
  EXPECT_NEAR(decibel<N>(TypeParam(100)), 20, 1e-5);
  EXPECT_NEAR(decibel<N>(TypeParam(0)), -100, 1e-5);
  EXPECT_EQ(floored<N>(TypeParam(-90), TypeParam(-75)), TypeParam(-75));
}

TYPED_TEST(Laws, FluxIsARise) {
  using N = Scalar<TypeParam>;
  EXPECT_EQ(rectified_flux<N>(TypeParam(3), TypeParam(1)), TypeParam(2));
  EXPECT_EQ(rectified_flux<N>(TypeParam(1), TypeParam(3)), TypeParam(0));
}

TYPED_TEST(Laws, ChromaOfSilenceStaysZero) {
  using N = Scalar<TypeParam>;
  EXPECT_EQ(chroma_scale<N>(TypeParam(4)), TypeParam(0.25));
  EXPECT_EQ(chroma_scale<N>(TypeParam(0)), TypeParam(1));
}

TYPED_TEST(Laws, PeaksFollowTheirParabola) {
  using N = Scalar<TypeParam>;  // 10 - (x - 0.25)^2 at -1, 0, 1
  const TypeParam left = TypeParam(10 - 1.5625), middle = TypeParam(10 - 0.0625),
                  right = TypeParam(10 - 0.5625);
  const TypeParam shift = peak_shift<N>(left, middle, right);
  EXPECT_NEAR(shift, 0.25, 1e-5);
  EXPECT_NEAR(peak_strength<N>(left, middle, right, shift), 10, 1e-5);
  EXPECT_EQ(peak_shift<N>(TypeParam(1), TypeParam(1), TypeParam(1)), TypeParam(0));
}

TYPED_TEST(Laws, SemitonesCountFromTheLowestA) {
  using N = Scalar<TypeParam>;
  EXPECT_NEAR(semitones_and_half<N>(TypeParam(440)), 48.5, 1e-4);
}

TEST(PitchBins, LieBetweenTheLimits) {
  const PitchBins bins = pitch_bins(22050, 2048);
  EXPECT_EQ(bins.first, 14);
  EXPECT_EQ(bins.last, 371);
  EXPECT_EQ(pitch_bins(4000, 2048).last, 1024);
}

}  // namespace
}  // namespace genretrack
