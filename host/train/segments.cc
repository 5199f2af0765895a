#include "host/train/segments.h"

#include <algorithm>
#include <cmath>

#include "host/core/random.h"

namespace genretrack {

int usable_frames(double seconds, const FeatureParams& params, int segment) {
  const double frames = 1 + std::floor(seconds * params.sample_rate / params.hop_length);
  const int heard = static_cast<int>(std::min<double>(frames, params.frame_count()));
  return std::max(heard, segment);
}

int segment_count(int usable, int segment, double overlap) {
  if (usable <= segment) return 1;
  const int longest_step = std::max(1, static_cast<int>(std::floor(segment * (1 - overlap))));
  return 1 + (usable - segment + longest_step - 1) / longest_step;
}

std::vector<int> even_starts(int usable, int segment, double overlap) {
  const int count = segment_count(usable, segment, overlap), last = usable - segment;
  std::vector<int> starts;
  for (int i = 0; i < count; ++i) {
    const double at = count > 1 ? static_cast<double>(last) * i / (count - 1) : last / 2.0;
    starts.push_back(static_cast<int>(std::lround(at)));
  }
  return starts;
}

std::vector<Crop> epoch_crops(const std::vector<std::size_t>& clips, const std::vector<int>& usable,
                              int segment, bool random_crop, std::uint64_t seed, int epoch) {
  const auto stream = static_cast<std::uint64_t>(epoch);
  Random draw(seed, Purpose::kCrop, stream);
  std::vector<Crop> crops;
  for (const std::size_t clip : clips) {
    for (const int start : even_starts(usable[clip], segment)) {
      const auto room = static_cast<std::uint32_t>(usable[clip] - segment + 1);
      const int first = random_crop ? static_cast<int>(draw.below(room)) : start;
      crops.push_back({static_cast<std::int32_t>(clip), first});
    }
  }
  Random(seed, Purpose::kShuffle, stream).shuffle(crops);
  return crops;
}

}  // namespace genretrack
