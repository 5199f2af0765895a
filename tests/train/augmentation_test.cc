// Statistics of what training segments go through: bounds of 5.5 standard errors, which chance leaves once
// in 25 million.
#include "host/train/augmentation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "host/backend/crop_checks.h"

namespace genretrack {
namespace {

constexpr int kSegment = 130, kRows = 128, kBatch = 16, kSteps = 2500;
constexpr double kErrors = 5.5;
const std::vector<int> kUsable = {1292, 130, 131, 200};

AugmentSpec everything() {
  AugmentSpec augment;
  augment.time_masks = augment.frequency_masks = 2;
  augment.time_mask_frames = 20;
  augment.frequency_mask_rows = 16;
  augment.mixup = 0.3;
  augment.stretch = 0.25;
  augment.gain_db = 6;
  augment.noise_db = 1.5;
  return augment;
}

std::vector<Crop> plain_batch() {
  std::vector<Crop> crops(kBatch);
  for (int i = 0; i < kBatch; ++i) {
    crops[std::size_t(i)].clip = i % 4;
    crops[std::size_t(i)].start = (kUsable[std::size_t(i % 4)] - kSegment) * (i % 3) / 2;
  }
  return crops;
}

std::vector<Crop> batch(const AugmentSpec& augment, StepKey key, const InputKind& input) {
  std::vector<Crop> crops = plain_batch();
  draw_segment_changes(augment, kUsable, kSegment, key, crops);
  draw_input_changes(augment, input, key, crops);
  return crops;
}

const InputKind kSpectrogram = {Transform::kSpectrogram, kRows, true};

template <class Visit>
void for_many(const AugmentSpec& augment, const Visit& visit) {
  for (int step = 0; step < kSteps; ++step) {
    const std::vector<Crop> crops = batch(augment, {3, step}, kSpectrogram);
    for (std::size_t i = 0; i < crops.size(); ++i) visit(crops[i], i);
  }
}

// Mean and variance of a quantity against what they are expected to be; `spread` is the variance of the
// squared deviation.
struct Moments {
  double n = 0, sum = 0, squares = 0;
  void add(double x) { n += 1, sum += x, squares += x * x; }
  void expect(double mean, double variance, double fourth) const {
    EXPECT_NEAR(sum / n, mean, kErrors * std::sqrt(variance / n));
    const double found = squares / n - 2 * mean * sum / n + mean * mean;
    EXPECT_NEAR(found, variance, kErrors * std::sqrt((fourth - variance * variance) / n));
  }
};

TEST(Augmentation, CropsCanAlwaysBeGathered) {
  AugmentSpec augment = everything();
  for (const double stretch : {0.0, 0.25, 1.0}) {
    augment.stretch = stretch;
    for_many(augment, [&](const Crop& crop, std::size_t) {
      ASSERT_EQ(why_no_crop(crop, kBatch, {4, kRows, kUsable[std::size_t(crop.clip)], kSegment}), "");
    });
  }
}

TEST(Augmentation, WithoutItsFieldsNothingChanges) {
  for_many({}, [](const Crop& crop, std::size_t i) {
    const Crop before = plain_batch()[i];
    ASSERT_TRUE(crop.start == before.start && crop.stretch == 1 && crop.gain == 0 && crop.noise == 0 &&
                crop.partner == -1 && crop.keep == 1 && crop.time_mask_frames[0] == 0 &&
                crop.row_mask_rows[0] == 0);
  });
}

TEST(Augmentation, MasksHaveUniformWidthsAndPlaces) {
  std::map<int, int> frames, rows;
  Moments place;
  for_many(everything(), [&](const Crop& crop, std::size_t) {
    for (int m = 0; m < 2; ++m) {
      ++frames[crop.time_mask_frames[m]];
      ++rows[crop.row_mask_rows[m]];
      // 0 at the first possible place, 1 behind the last: uniform, but for steps of 1 / 111 and finer.
      place.add((crop.time_mask_start[m] + 0.5) / (kSegment - crop.time_mask_frames[m] + 1));
    }
  });
  const double n = 2.0 * kBatch * kSteps;
  const auto uniform = [&](const std::map<int, int>& counts, int widest) {
    ASSERT_EQ(counts.size(), std::size_t(widest) + 1);
    const double p = 1.0 / (widest + 1);
    for (const auto& [width, count] : counts) {
      EXPECT_TRUE(width >= 0 && width <= widest);
      EXPECT_NEAR(count, n * p, kErrors * std::sqrt(n * p * (1 - p))) << width;
    }
  };
  uniform(frames, 20);
  uniform(rows, 16);
  place.expect(0.5, 1.0 / 12, 1.0 / 80);
}

TEST(Augmentation, MasksCoverHalfATransformAtMost) {
  AugmentSpec augment = everything();
  for (int step = 0; step < 500; ++step)
    for (const Crop& crop : batch(augment, {1, step}, {Transform::kChromagram, 12, false}))
      for (int m = 0; m < 2; ++m) {
        ASSERT_LE(crop.row_mask_rows[m], 6);
        ASSERT_LE(crop.row_mask_start[m] + crop.row_mask_rows[m], 12);
      }
}

TEST(Augmentation, MixupKeepsBetaDistributedShares) {
  for (const double a : {1e-3, 0.2, 0.5, 1.0}) {
    AugmentSpec augment;
    augment.mixup = a;
    Moments keep;
    std::map<std::size_t, int> distances;
    for_many(augment, [&](const Crop& crop, std::size_t i) {
      ASSERT_TRUE(crop.keep >= 0 && crop.keep <= 1);
      keep.add(crop.keep);
      ++distances[(std::size_t(crop.partner) + kBatch - i) % kBatch];
    });
    // Of Beta(a, a): variance 1 / (4 (2a + 1)), fourth central moment 3 / (16 (2a + 1) (2a + 3)).
    keep.expect(0.5, 1 / (4 * (2 * a + 1)), 3 / (16 * (2 * a + 1) * (2 * a + 3)));
    ASSERT_EQ(distances.size(), kBatch - 1u);  // never itself
    const double n = double(kBatch) * kSteps, p = 1.0 / (kBatch - 1);
    for (const auto& [_, count] : distances) EXPECT_NEAR(count, n * p, kErrors * std::sqrt(n * p * (1 - p)));
  }
}

TEST(Augmentation, StretchIsUniformInItsLogarithm) {
  AugmentSpec augment;
  augment.stretch = 0.25;
  Moments logarithm;
  for_many(augment, [&](const Crop& crop, std::size_t) {
    if (crop.clip != 0) return;  // a clip that is long enough for every factor
    ASSERT_TRUE(crop.stretch >= 0.8f * 0.999999f && crop.stretch <= 1.25f);
    logarithm.add(std::log(crop.stretch) / std::log(1.25));
  });
  logarithm.expect(0, 1.0 / 3, 1.0 / 5);
}

TEST(Augmentation, GainIsUniformAndNoiseAsLoudAsAsked) {
  Moments gain;
  for_many(everything(), [&](const Crop& crop, std::size_t) {
    gain.add(crop.gain / 6);
    ASSERT_EQ(crop.noise, 1.5f);
  });
  gain.expect(0, 1.0 / 3, 1.0 / 5);
}

TEST(Augmentation, InputsShareWhatBelongsToTheRecording) {
  const InputKind hpss = {Transform::kPercussion, kRows, true}, mfcc = {Transform::kMfcc, 20, false};
  const std::vector<Crop> a = batch(everything(), {1, 5}, kSpectrogram),
                          b = batch(everything(), {1, 5}, hpss), c = batch(everything(), {1, 5}, mfcc);
  bool rows_differ = false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (const Crop& other : {b[i], c[i]})
      EXPECT_TRUE(a[i].start == other.start && a[i].stretch == other.stretch && a[i].keep == other.keep &&
                  a[i].partner == other.partner && a[i].time_mask_start[0] == other.time_mask_start[0] &&
                  a[i].time_mask_frames[1] == other.time_mask_frames[1]);
    EXPECT_EQ(a[i].gain, b[i].gain);
    EXPECT_TRUE(c[i].gain == 0 && c[i].noise == 0);
    EXPECT_NE(a[i].noise_stream, b[i].noise_stream);
    rows_differ = rows_differ || a[i].row_mask_start[0] != b[i].row_mask_start[0];
  }
  EXPECT_TRUE(rows_differ);
}

TEST(Augmentation, DependsOnSeedAndStepAlone) {
  const auto key = [](std::uint64_t seed, std::int64_t step) {
    std::vector<float> all;
    for (const Crop& crop : batch(everything(), {seed, step}, kSpectrogram))
      for (const float v : {crop.stretch, crop.keep, crop.gain, float(crop.time_mask_start[1]),
                            float(crop.row_mask_start[0]), float(crop.noise_stream % 4096)})
        all.push_back(v);
    return all;
  };
  EXPECT_EQ(key(1, 4), key(1, 4));
  EXPECT_NE(key(1, 4), key(1, 5));
  EXPECT_NE(key(1, 4), key(2, 4));
}

}  // namespace
}  // namespace genretrack
