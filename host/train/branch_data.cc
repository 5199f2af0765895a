#include "host/train/branch_data.h"

#include <cmath>

#include "host/core/error.h"
#include "host/train/segments.h"

namespace genretrack {
namespace {

// Rows that never move in training (an empty mel band, silence) keep their scale: dividing by next to nothing
// would blow up whatever the test part has there.
constexpr double kSmallestDeviation = 1e-4;

void standardise(BranchData& data, const FoldClips& clips) {
  const auto frames = static_cast<std::size_t>(data.frames), rows = static_cast<std::size_t>(data.rows);
  data.mean.resize(rows);
  data.scale.resize(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    double sum = 0, squares = 0, count = 0;
    // Sums relative to a first value, so that large offsets (decibels) cost no digits.
    const double shift = data.features[(clips.train.front() * rows + row) * frames];
    for (const std::size_t clip : clips.train) {
      const float* x = data.features.data() + (clip * rows + row) * frames;
      for (int t = 0; t < clips.usable[clip]; ++t) {
        const double d = x[t] - shift;
        sum += d;
        squares += d * d;
      }
      count += clips.usable[clip];
    }
    const double mean = sum / count, deviation = std::sqrt(std::max(0.0, squares / count - mean * mean));
    data.mean[row] = static_cast<float>(shift + mean);
    data.scale[row] = deviation < kSmallestDeviation ? 1.0f : static_cast<float>(1 / deviation);
  }
}

}  // namespace

const char* FoldClips::part(std::size_t clip) const {
  return clip < train.size() ? "train" : clip < train.size() + validation.size() ? "validation" : "test";
}

FoldClips select_fold(const Dataset& dataset, const Fold& fold, const FeatureCache& cache, int segment) {
  FoldClips clips;
  clips.genres = dataset.genres;
  const auto take = [&](const std::vector<std::size_t>& part, std::vector<std::size_t>& positions) {
    for (const std::size_t index : part) {
      const Clip& clip = dataset.clips[index];
      const auto row = cache.find(clip.id);
      if (!row)
        throw Error(ErrorKind::kData, cache.path().string() + ": has no features of " + clip.id +
                                          "; build it again from this data set with `genretrack cache`");
      positions.push_back(clips.ids.size());
      clips.ids.push_back(clip.id);
      clips.artists.push_back(clip.artist);
      clips.labels.push_back(dataset.genre_index(clip.genre));
      clips.cache_rows.push_back(*row);
      clips.usable.push_back(usable_frames(cache.clips()[*row].seconds, cache.params(), segment));
    }
  };
  take(fold.train, clips.train);
  take(fold.validation, clips.validation);
  take(fold.test, clips.test);
  return clips;
}

FeatureSource BranchData::source() const { return {features, rows, frames, mean, scale}; }

BranchData load_branch(const FeatureCache& cache, Transform transform, const FoldClips& clips, int threads) {
  BranchData data;
  data.transform = transform;
  data.decibel = cache.params().in_decibel(transform);
  data.rows = cache.params().rows(transform);
  data.frames = cache.params().frame_count();
  data.features.resize(clips.ids.size() * static_cast<std::size_t>(data.rows) *
                       static_cast<std::size_t>(data.frames));
  cache.read(transform, clips.cache_rows, data.features, threads);
  standardise(data, clips);
  return data;
}

}  // namespace genretrack
