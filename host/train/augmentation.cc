#include "host/train/augmentation.h"

#include <algorithm>
#include <cmath>

#include "host/core/random.h"

namespace genretrack {
namespace {

// Streams of Purpose::kAugment and kNoise: steps stay below 2^40. Group 0 is what inputs share, 1 the gain,
// 2 and up the transforms.
std::uint64_t stream_of(std::uint64_t group, std::int64_t step) {
  return (group << 56) | static_cast<std::uint64_t>(step);
}
std::uint64_t group_of(Transform transform) { return 2 + static_cast<std::uint64_t>(transform); }

// Up to `widest` of `size` values, from none on; the place is uniform among those where it fits.
void draw_mask(Random& draw, int widest, int size, std::int32_t& start, std::int32_t& count) {
  count = static_cast<std::int32_t>(draw.below(static_cast<std::uint32_t>(widest + 1)));
  start = static_cast<std::int32_t>(draw.below(static_cast<std::uint32_t>(size - count + 1)));
}

// Beta(a, a) for a in (0, 1] (Johnk 1964), in logarithms: powers of 1 / a leave double's range.
double draw_beta(Random& draw, double a) {
  for (;;) {
    const double x = std::log(draw.uniform()) / a, y = std::log(draw.uniform()) / a;
    const double most = std::max(x, y), sum = most + std::log(std::exp(x - most) + std::exp(y - most));
    if (sum <= 0) return std::exp(x - sum);
  }
}

// Frames that a crop may start at, when its last one lies (segment - 1) * stretch behind.
int starts_of(int usable, int segment, double stretch) {
  return usable - static_cast<int>(std::ceil((segment - 1) * stretch));
}

void draw_stretch(Random& draw, double most, int usable, int segment, Crop& crop) {
  const double longest = segment > 1 ? static_cast<double>(usable - 1) / (segment - 1) : 1;
  // Uniform in the logarithm: twice as fast is as likely as half as fast.
  const double wanted = std::exp((2 * draw.uniform() - 1) * std::log1p(most));
  // The next smaller float, so that rounding does not lead behind the last frame.
  crop.stretch = std::nextafter(static_cast<float>(std::min(wanted, longest)), 0.0f);
  const int before = starts_of(usable, segment, 1), after = starts_of(usable, segment, crop.stretch);
  const double share = before > 1 ? static_cast<double>(crop.start) / (before - 1) : 0.5;
  crop.start = static_cast<std::int32_t>(std::lround(share * (after - 1)));
}

}  // namespace

void draw_segment_changes(const AugmentSpec& augment, const std::vector<int>& usable, int segment,
                          StepKey key, std::vector<Crop>& crops) {
  Random draw(key.seed, Purpose::kAugment, stream_of(0, key.step));
  const auto batch = static_cast<std::uint32_t>(crops.size());
  for (std::uint32_t i = 0; i < batch; ++i) {
    Crop& crop = crops[i];
    if (augment.stretch > 0)
      draw_stretch(draw, augment.stretch, usable[static_cast<std::size_t>(crop.clip)], segment, crop);
    for (int m = 0; m < augment.time_masks; ++m)
      draw_mask(draw, std::min(augment.time_mask_frames, segment / 2), segment, crop.time_mask_start[m],
                crop.time_mask_frames[m]);
    if (augment.mixup > 0 && batch > 1) {
      crop.partner = static_cast<std::int32_t>((i + 1 + draw.below(batch - 1)) % batch);
      crop.keep = static_cast<float>(draw_beta(draw, augment.mixup));
    }
  }
}

void draw_input_changes(const AugmentSpec& augment, const InputKind& input, StepKey key,
                        std::vector<Crop>& crops) {
  Random draw(key.seed, Purpose::kAugment, stream_of(group_of(input.transform), key.step));
  Random gain(key.seed, Purpose::kAugment, stream_of(1, key.step));
  for (std::size_t i = 0; i < crops.size(); ++i) {
    Crop& crop = crops[i];
    for (int m = 0; m < augment.frequency_masks; ++m)
      draw_mask(draw, std::min(augment.frequency_mask_rows, input.rows / 2), input.rows,
                crop.row_mask_start[m], crop.row_mask_rows[m]);
    if (!input.decibel) continue;
    if (augment.gain_db > 0) crop.gain = static_cast<float>(augment.gain_db * (2 * gain.uniform() - 1));
    if (augment.noise_db > 0) {
      crop.noise = static_cast<float>(augment.noise_db);
      crop.noise_seed = key.seed;
      // 12 digits for the place in the batch.
      crop.noise_stream = stream_of(group_of(input.transform), key.step << 12) | i;
    }
  }
}

}  // namespace genretrack
