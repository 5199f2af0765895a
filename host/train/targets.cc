#include "host/train/targets.h"

#include <algorithm>

#include "host/train/segments.h"

namespace genretrack {

Targets::Targets(const TrainingSpec& training, const FoldClips& clips, int segment)
    : clips_(clips), smoothing_(training.label_smoothing), weights_(clips.genres.size(), 1.0) {
  if (training.class_weights == ClassWeights::kNone) return;
  std::vector<double> segments(weights_.size());
  double all = 0;
  for (const std::size_t clip : clips.train) {
    const int count = segment_count(clips.usable[clip], segment);
    segments[clips.labels[clip]] += count;
    all += count;
  }
  for (std::size_t genre = 0; genre < weights_.size(); ++genre)
    if (segments[genre] > 0) weights_[genre] = all / (static_cast<double>(weights_.size()) * segments[genre]);
}

std::span<const float> Targets::of(std::span<const Crop> crops) {
  const std::size_t genres = weights_.size();
  rows_.assign(crops.size() * genres, 0.0f);
  for (std::size_t i = 0; i < crops.size(); ++i) {
    const Crop& crop = crops[i];
    float* row = rows_.data() + i * genres;
    const bool mixed = crop.partner >= 0;
    add(crop.clip, mixed ? crop.keep : 1.0, row);
    if (mixed) add(crops[static_cast<std::size_t>(crop.partner)].clip, 1.0 - crop.keep, row);
  }
  return rows_;
}

void Targets::add(std::int32_t clip, double share, float* row) const {
  const std::size_t genre = clips_.labels[static_cast<std::size_t>(clip)];
  const double weight = share * weights_[genre];
  for (std::size_t g = 0; g < weights_.size(); ++g)
    row[g] += static_cast<float>(
        weight * ((g == genre ? 1 - smoothing_ : 0) + smoothing_ / static_cast<double>(weights_.size())));
}

}  // namespace genretrack
