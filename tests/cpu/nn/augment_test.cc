// Changed crops, seen through a network whose logits are its input.
#include "host/backend/augment.h"

#include <limits>

#include "host/core/error.h"
#include "tests/cpu/nn/network_backends.h"
#include "tests/cpu/nn/network_case.h"
#include "tests/reference/nn_augment.h"

namespace genretrack {
namespace {

using namespace testing_nn;

constexpr int kClips = 5, kRows = 7, kFrames = 211, kWidth = 70;

struct Source {
  std::vector<float> features, mean, scale;
  Source() {
    Values values(21);
    features = values.take(std::size_t(kClips) * kRows * kFrames);
    for (float& v : features) v = 40 * v - 30;  // as decibels are
    mean = values.take(kRows);
    for (float& v : mean) v = 10 * v - 30;
    scale = values.take(kRows);
    for (float& v : scale) v = 0.05f + 0.02f * v;
  }
  FeatureSource source() const { return {features, kRows, kFrames, mean, scale}; }
  reference::Features reference() const { return {&features, kRows, kFrames, &mean, &scale}; }
};

class NetworkAugment : public EachNetworkBackend {
 protected:
  std::vector<float> gathered(const Source& source, const std::vector<Crop>& crops, int threads = 2) const;
  void expect_reference(const std::vector<Crop>& crops) const;
};
INSTANTIATE_TEST_SUITE_P(Backends, NetworkAugment, ::testing::ValuesIn(used_backend_names()),
                         backend_case_name);

// What a network is given of the crops: its one layer copies the input.
std::vector<float> NetworkAugment::gathered(const Source& source, const std::vector<Crop>& crops,
                                            int threads) const {
  const auto batch = static_cast<int>(crops.size());
  NetworkCase net(batch, 1, kRows, kWidth, {last(kRows * kWidth)});
  std::fill(net.parameters.begin(), net.parameters.end(), 0.0f);
  const auto size = static_cast<std::size_t>(kRows) * kWidth;
  for (std::size_t i = 0; i < size; ++i) net.parameters[i * size + i] = 1;
  const auto ops = make({batch, threads});
  const Tensor in = net.build(*ops);
  ops->set_features(in, source.source());
  ops->gather(in, crops);
  ops->forward(Mode::kEvaluation, 1, 1);
  std::vector<float> values(crops.size() * size);
  ops->logits(values);
  return values;
}

reference::ChangedCrop plain(const Crop& c) {
  reference::ChangedCrop r;
  r.clip = c.clip, r.start = c.start, r.stretch = c.stretch, r.gain = c.gain, r.noise = c.noise;
  r.noise_seed = c.noise_seed, r.noise_stream = c.noise_stream, r.partner = c.partner, r.keep = c.keep;
  for (int m = 0; m < 2; ++m) {
    r.time_mask_start[m] = c.time_mask_start[m], r.time_mask_frames[m] = c.time_mask_frames[m];
    r.row_mask_start[m] = c.row_mask_start[m], r.row_mask_rows[m] = c.row_mask_rows[m];
  }
  return r;
}

void NetworkAugment::expect_reference(const std::vector<Crop>& crops) const {
  const Source source;
  std::vector<reference::ChangedCrop> same;
  for (const Crop& crop : crops) same.push_back(plain(crop));
  const std::vector<float> got = gathered(source, crops);
  const std::vector<double> want = reference::gather(source.reference(), same, kWidth);
  ASSERT_EQ(got.size(), want.size());
  for (std::size_t i = 0; i < got.size(); ++i) ASSERT_NEAR(got[i], want[i], 2e-5) << i;
}

// All changes of one crop, different for every index.
Crop changed(int i) {
  Crop crop = {i % kClips, 3 * i};
  crop.stretch = 0.8f + 0.13f * static_cast<float>(i);
  crop.gain = 4.0f - static_cast<float>(i);
  crop.noise = 1.5f;
  crop.noise_seed = 0x123456789abcull + static_cast<std::uint64_t>(i);
  crop.noise_stream = (7ull << 33) + static_cast<std::uint64_t>(i);
  crop.time_mask_start[0] = 5 * i, crop.time_mask_frames[0] = 9;
  crop.time_mask_start[1] = 60, crop.time_mask_frames[1] = 10;
  crop.row_mask_start[0] = i, crop.row_mask_rows[0] = 1;
  crop.row_mask_start[1] = 6, crop.row_mask_rows[1] = i % 2;
  return crop;
}

TEST_P(NetworkAugment, StretchedCropsMatchReference) {
  std::vector<Crop> crops;
  for (const float stretch : {1.0f, 0.5f, 0.87f, 1.2499f, 2.0f, 1.0f / 16, 2.1f}) {
    Crop crop = {static_cast<std::int32_t>(crops.size()) % kClips, 11};
    crop.stretch = stretch;
    crops.push_back(crop);
  }
  crops[4].start = kFrames - 1 - 2 * (kWidth - 1);  // the last frame is the clip's last
  expect_reference(crops);
}

TEST_P(NetworkAugment, GainNoiseAndMasksMatchReference) {
  std::vector<Crop> crops(4);
  crops[0].gain = -7.25f;
  crops[1].noise = 3, crops[1].noise_seed = 5, crops[1].noise_stream = 1ull << 40;
  crops[2].time_mask_start[0] = 60, crops[2].time_mask_frames[0] = 10;
  crops[2].row_mask_start[1] = 2, crops[2].row_mask_rows[1] = 5;
  crops[3].time_mask_frames[1] = kWidth;  // nothing is left
  expect_reference(crops);
}

TEST_P(NetworkAugment, MixedCropsOfChangedOnesMatchReference) {
  std::vector<Crop> crops;
  for (int i = 0; i < 6; ++i) crops.push_back(changed(i));
  for (int i = 0; i < 6; ++i) {
    crops[static_cast<std::size_t>(i)].partner = (i + 5) % 6;  // everyone's partner is mixed itself
    crops[static_cast<std::size_t>(i)].keep = 0.2f * static_cast<float>(i);
  }
  crops[2].partner = 2;
  crops[3].partner = -1;
  expect_reference(crops);
}

TEST_P(NetworkAugment, MaskedValuesAreTheMean) {
  Crop crop = changed(1);
  const std::vector<float> got = gathered(Source(), {crop, {0, 0}});
  for (int row = 0; row < kRows; ++row)
    for (int frame = 0; frame < kWidth; ++frame) {
      const bool masked = (frame >= 5 && frame < 14) || frame >= 60 || row == 1 || row == 6;
      ASSERT_EQ(got[static_cast<std::size_t>(row * kWidth + frame)] == 0, masked) << row << ' ' << frame;
    }
}

TEST_P(NetworkAugment, UnchangedCropsKeepTheirBits) {
  const Source source;
  std::vector<Crop> crops = {{0, 4}, {3, 141}, changed(2)};
  crops[1].partner = 1;
  const std::vector<float> got = gathered(source, crops);
  for (std::size_t c = 0; c < 2; ++c)
    for (std::size_t row = 0; row < kRows; ++row)
      for (std::size_t frame = 0; frame < kWidth; ++frame) {
        const std::size_t at = (static_cast<std::size_t>(crops[c].clip) * kRows + row) * kFrames +
                               static_cast<std::size_t>(crops[c].start) + frame;
        ASSERT_EQ(got[(c * kRows + row) * kWidth + frame],
                  (source.features[at] - source.mean[row]) * source.scale[row]);
      }
}

TEST_P(NetworkAugment, IsTheSameForEveryNumberOfThreadsAndOrder) {
  const Source source;
  const std::vector<Crop> crops = {changed(0), changed(1), changed(2)},
                          turned = {changed(2), changed(1), changed(0)};
  const std::vector<float> one = gathered(source, crops, 1);
  EXPECT_EQ(gathered(source, crops, 2), one);
  const std::vector<float> other = gathered(source, turned, 2);
  const auto size = static_cast<std::ptrdiff_t>(kRows) * kWidth;
  EXPECT_TRUE(std::equal(other.begin(), other.begin() + size, one.begin() + 2 * size));
}

TEST_P(NetworkAugment, RefusesImpossibleCrops) {
  const Source source;
  const auto refused = [&](const auto& change) {
    Crop crop = {1, 20};
    change(crop);
    try {
      gathered(source, {{0, 0}, crop});
      return false;
    } catch (const Error& error) {
      return error.kind() == ErrorKind::kFailure;
    }
  };
  constexpr float kNothing = std::numeric_limits<float>::quiet_NaN();
  EXPECT_FALSE(refused([](Crop& c) { c.start = kFrames - kWidth; }));
  EXPECT_TRUE(refused([](Crop& c) { c.start = kFrames - kWidth + 1; }));
  EXPECT_TRUE(refused([](Crop& c) { c.start = kFrames - kWidth, c.stretch = 1.0001f; }));
  EXPECT_TRUE(refused([](Crop& c) { c.start = -1; }));
  EXPECT_TRUE(refused([](Crop& c) { c.clip = kClips; }));
  EXPECT_TRUE(refused([](Crop& c) { c.stretch = 0.06f; }));
  EXPECT_TRUE(refused([](Crop& c) { c.stretch = kNothing; }));
  EXPECT_TRUE(refused([](Crop& c) { c.gain = kNothing; }));
  EXPECT_TRUE(refused([](Crop& c) { c.noise = -1; }));
  EXPECT_TRUE(refused([](Crop& c) { c.noise = kNothing; }));
  EXPECT_TRUE(refused([](Crop& c) { c.time_mask_start[1] = 60, c.time_mask_frames[1] = 11; }));
  EXPECT_TRUE(refused([](Crop& c) { c.time_mask_start[0] = -1, c.time_mask_frames[0] = 2; }));
  EXPECT_TRUE(refused([](Crop& c) { c.row_mask_rows[0] = -1; }));
  EXPECT_TRUE(refused([](Crop& c) { c.row_mask_start[0] = kRows, c.row_mask_rows[0] = 1; }));
  EXPECT_TRUE(refused([](Crop& c) { c.row_mask_start[0] = 1, c.row_mask_rows[0] = 0x7fffffff; }));
  EXPECT_TRUE(refused([](Crop& c) { c.partner = 2; }));
  EXPECT_TRUE(refused([](Crop& c) { c.partner = 0, c.keep = 1.1f; }));
  EXPECT_TRUE(refused([](Crop& c) { c.partner = 0, c.keep = kNothing; }));
}

// Moments of 400,000 numbers, each within 5.5 of its standard errors: by chance once in 25 million.
TEST(NoiseNormals, HaveTheMomentsOfANormal) {
  const int rows = 100, groups = 1000;
  double sums[5] = {}, neighbours = 0, below = 0, last = 0, most = 0;
  for (int row = 0; row < rows; ++row)
    for (int group = 0; group < groups; ++group) {
      Crop crop;
      crop.noise_seed = 77, crop.noise_stream = 3;
      for (const float x : noise_normals(crop, row, group)) {
        double power = 1;
        for (double& sum : sums) sum += power, power *= x;
        neighbours += x * last, last = x;
        below += x < 1 ? 1 : 0;
        most = std::max(most, std::fabs(double(x)));
      }
    }
  const double n = sums[0], error = 5.5 / std::sqrt(n);
  EXPECT_NEAR(sums[1] / n, 0, error);
  EXPECT_NEAR(sums[2] / n, 1, error * std::sqrt(2.0));
  EXPECT_NEAR(sums[3] / n, 0, error * std::sqrt(15.0));
  EXPECT_NEAR(sums[4] / n, 3, error * std::sqrt(96.0));
  EXPECT_NEAR(neighbours / n, 0, error);
  EXPECT_NEAR(below / n, 0.841344746, error * std::sqrt(0.8413 * 0.1587));
  EXPECT_GT(most, 4);  // of 400,000 normals, 25 are expected there
}

}  // namespace
}  // namespace genretrack
