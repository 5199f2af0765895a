// Tables and laws of tempogram, HPSS, deltas, lifter and the torchaudio profile.
#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "host/dsp/dct.h"
#include "host/dsp/delta.h"
#include "host/dsp/hpss.h"
#include "host/dsp/mel.h"
#include "host/dsp/onset.h"
#include "host/dsp/padding.h"
#include "host/dsp/tempogram.h"

namespace genretrack {
namespace {

TEST(Deltas, AreTheDerivativesOfPolynomials) {
  const auto apply = [](int order, double (*function)(double), double at) {
    double sum = 0;
    for (int i = 0; i < kDeltaWidth; ++i)
      sum += delta_weights(order)[std::size_t(i)] * function(at + i - kDeltaSide);
    return sum;
  };
  for (double at : {-3.0, 0.0, 7.5}) {
    EXPECT_NEAR(apply(
                    1, [](double) { return 5.0; }, at),
                0, 1e-12);
    EXPECT_NEAR(apply(
                    1, [](double x) { return 3 * x - 1; }, at),
                3, 1e-12);
    EXPECT_NEAR(apply(
                    1, [](double x) { return x * x; }, at),
                2 * at, 1e-12);
    EXPECT_NEAR(apply(
                    2, [](double x) { return 3 * x - 1; }, at),
                0, 1e-12);
    EXPECT_NEAR(apply(
                    2, [](double x) { return 2 * x * x + x; }, at),
                4, 1e-12);
    EXPECT_NEAR(apply(
                    2, [](double x) { return x * x * x; }, at),
                6 * at, 1e-11);
  }
}

TEST(Lifter, RaisesCoefficientsByASine) {
  EXPECT_EQ(lifter_weight(7, 0), 1);
  EXPECT_NEAR(lifter_weight(10, 22), 12, 1e-12);  // the top of the sine
  EXPECT_NEAR(lifter_weight(21, 22), 1, 1e-12);
  EXPECT_NEAR(lifter_weight(0, 22), 1 + 11 * std::sin(std::acos(-1) / 22), 1e-12);
}

TEST(HtkMelScale, IsTheHtkBooks) {
  EXPECT_NEAR(hz_to_mel(700, Profile::kTorchaudio), 2595 * std::log10(2), 1e-9);
  EXPECT_NEAR(hz_to_mel(1000, Profile::kTorchaudio), 999.99, 0.01);
  for (double hz : {0.0, 30.0, 1000.0, 11025.0})
    EXPECT_NEAR(mel_to_hz(hz_to_mel(hz, Profile::kTorchaudio), Profile::kTorchaudio), hz, 1e-8);
}

TEST(HtkMelBank, HasTrianglesOfHeightOneThatMeet) {
  const SparseBank bank = make_mel_bank(22050, 8192, 20, Profile::kTorchaudio);
  std::vector<double> sum(4097);
  for (std::size_t m = 0; m < 20; ++m) {
    float largest = 0;
    for (int i = bank.begin[m]; i < bank.begin[m + 1]; ++i) {
      largest = std::max(largest, bank.weight[std::size_t(i)]);
      sum[std::size_t(bank.first[m] + i - bank.begin[m])] += bank.weight[std::size_t(i)];
    }
    EXPECT_GT(largest, 0.95);
    EXPECT_LE(largest, 1);
  }
  // Between the first and the last centre, falling and rising sides add up to one.
  const double top = hz_to_mel(11025, Profile::kTorchaudio);
  const int from = int(mel_to_hz(top / 21, Profile::kTorchaudio) * 8192 / 22050) + 1,
            to = int(mel_to_hz(top * 20 / 21, Profile::kTorchaudio) * 8192 / 22050);
  for (int k = from; k <= to; ++k) ASSERT_NEAR(sum[std::size_t(k)], 1, 1e-6) << k;
}

TEST(MelBank, MayHaveEmptyBands) {
  const SparseBank bank = make_mel_bank(22050, 256, 1024);
  int empty = 0;
  for (std::size_t m = 0; m < 1024; ++m) empty += bank.begin[m] == bank.begin[m + 1];
  EXPECT_GT(empty, 500);
  EXPECT_EQ(bank.begin.back(), int(bank.weight.size()));
}

TEST(Padding, IsZerosOrAMirror) {
  constexpr auto librosa = Profile::kLibrosa, torchaudio = Profile::kTorchaudio;
  EXPECT_EQ(padded_sample(librosa, 3, 10), 3);
  EXPECT_EQ(padded_sample(librosa, -1, 10), -1);
  EXPECT_EQ(padded_sample(librosa, 10, 10), -1);
  EXPECT_EQ(padded_sample(torchaudio, -1, 10), 1);
  EXPECT_EQ(padded_sample(torchaudio, -9, 10), 9);
  EXPECT_EQ(padded_sample(torchaudio, 10, 10), 8);
  EXPECT_EQ(padded_sample(torchaudio, 18, 10), 0);
  EXPECT_EQ(padded_sample(torchaudio, 19, 10), -1);
}

TEST(Reflected, RepeatsTheEdgeAsOftenAsItTakes) {
  constexpr std::array kThree = {2, 2, 1, 0, 0, 1, 2, 2, 1, 0, 0, 1};
  for (int i = -4; i < 8; ++i) EXPECT_EQ(reflected(i, 3), kThree[std::size_t(i + 4)]) << i;
  for (int i = -20; i < 20; ++i) EXPECT_EQ(reflected(i, 1), 0);
}

TEST(OnsetDelay, IsHalfAWindowInWholeHops) {
  EXPECT_EQ(onset_delay(2048, 512), 2);
  EXPECT_EQ(onset_delay(2048, 2048), 0);
  EXPECT_EQ(onset_delay(1024, 37), 13);
}

template <class T>
class KindLaws : public ::testing::Test {};
using Numbers = ::testing::Types<float, double>;
TYPED_TEST_SUITE(KindLaws, Numbers);

TYPED_TEST(KindLaws, MasksOfBothPartsAddUpToOne) {
  using N = Scalar<TypeParam>;
  EXPECT_EQ(soft_mask<N>(TypeParam(3), TypeParam(1)), TypeParam(0.75));
  EXPECT_EQ(soft_mask<N>(TypeParam(0), TypeParam(1)), TypeParam(0));
  EXPECT_EQ(soft_mask<N>(TypeParam(0), TypeParam(0)), TypeParam(0.5));
}

TYPED_TEST(KindLaws, OnsetsFallToZeroAtTheEndOfTheWindow) {
  using N = Scalar<TypeParam>;
  EXPECT_EQ(onset_ramp<N>(TypeParam(8), kTempogramSide), TypeParam(0));
  EXPECT_EQ(onset_ramp<N>(TypeParam(8), kTempogramSide / 2), TypeParam(4));
  EXPECT_EQ(tempogram_scale<N>(TypeParam(4)), TypeParam(0.25));
  EXPECT_EQ(tempogram_scale<N>(TypeParam(0)), TypeParam(1));
}

}  // namespace
}  // namespace genretrack
