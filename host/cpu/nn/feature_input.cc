#include "host/cpu/nn/feature_input.h"

#include <string>

#include "host/core/error.h"

namespace genretrack::cpu {

FeatureInput::FeatureInput(FeatureSource source) : source_(std::move(source)) {
  const auto rows = static_cast<std::size_t>(source_.rows), frames = static_cast<std::size_t>(source_.frames);
  if (source_.rows < 1 || source_.frames < 1 || source_.mean.size() != rows || source_.scale.size() != rows ||
      source_.features.size() % (rows * frames) != 0)
    throw Error(ErrorKind::kFailure, "features do not come in clips of " + std::to_string(source_.rows) +
                                         " rows and " + std::to_string(source_.frames) +
                                         " frames with a mean and a scale for every row");
  clips_ = source_.features.size() / (rows * frames);
}

void FeatureInput::gather(std::span<const Crop> crops, int width, float* to) const {
  for (const Crop& crop : crops)
    if (crop.clip < 0 || static_cast<std::size_t>(crop.clip) >= clips_ || crop.start < 0 ||
        crop.start > source_.frames - width)
      throw Error(ErrorKind::kFailure,
                  "a crop of " + std::to_string(width) + " frames from frame " + std::to_string(crop.start) +
                      " of clip " + std::to_string(crop.clip) + " lies outside " + std::to_string(clips_) +
                      " clips of " + std::to_string(source_.frames) + " frames");
  const int rows = source_.rows, total = static_cast<int>(crops.size()) * rows;
#pragma omp parallel for schedule(static)
  for (int i = 0; i < total; ++i) {
    const Crop crop = crops[static_cast<std::size_t>(i / rows)];
    const int row = i % rows;
    const float* from =
        source_.features.data() + (std::size_t(crop.clip) * rows + row) * source_.frames + crop.start;
    const float mean = source_.mean[static_cast<std::size_t>(row)];
    const float scale = source_.scale[static_cast<std::size_t>(row)];
    float* out = to + std::size_t(i) * width;
    for (int j = 0; j < width; ++j) out[j] = (from[j] - mean) * scale;
  }
}

}  // namespace genretrack::cpu
