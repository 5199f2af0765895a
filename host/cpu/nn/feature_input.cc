#include "host/cpu/nn/feature_input.h"

#include <algorithm>
#include <array>
#include <string>

#include "host/backend/augment.h"
#include "host/backend/crop_checks.h"
#include "host/core/error.h"

namespace genretrack::cpu {
namespace {

constexpr int kBlock = 64;  // frames

}  // namespace

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
  check_crops(crops, {clips_, source_.rows, source_.frames, width});
  const int rows = source_.rows, total = static_cast<int>(crops.size()) * rows;
#pragma omp parallel for schedule(static)
  for (int i = 0; i < total; ++i) {
    const Crop& crop = crops[static_cast<std::size_t>(i / rows)];
    float* out = to + std::size_t(i) * width;
    const Crop* partner = crop.partner < 0 ? nullptr : &crops[static_cast<std::size_t>(crop.partner)];
    if (!partner) {
      write_row(crop, i % rows, 0, width, out);
      continue;
    }
    // The partner as it is before its mixing is computed once more, a block at a time.
    float other[kBlock];
    for (int first = 0; first < width; first += kBlock) {
      const int count = std::min(kBlock, width - first);
      write_row(crop, i % rows, first, count, out + first);
      write_row(*partner, i % rows, first, count, other);
      for (int j = 0; j < count; ++j) out[first + j] = mixed_element(crop.keep, out[first + j], other[j]);
    }
  }
}

void FeatureInput::write_row(const Crop& crop, int row, int first, int count, float* to) const {
  const float* from =
      source_.features.data() + (std::size_t(crop.clip) * source_.rows + row) * source_.frames + crop.start;
  const float mean = source_.mean[static_cast<std::size_t>(row)];
  const float scale = source_.scale[static_cast<std::size_t>(row)];
  if (!is_changed(crop)) {
    for (int j = 0; j < count; ++j) to[j] = (from[first + j] - mean) * scale;
    return;
  }
  if (is_row_masked(crop, row)) {
    std::fill_n(to, count, 0.0f);
    return;
  }
  if (crop.stretch == 1) {
    for (int j = 0; j < count; ++j) to[j] = from[first + j];
  } else {
    for (int j = 0; j < count; ++j) to[j] = stretched_value(from, crop.stretch, first + j);
  }
  if (crop.noise > 0) {
    add_noise_and_standardise(crop, row, first, count, to);
  } else {
    for (int j = 0; j < count; ++j) to[j] = changed_value(crop, to[j], 0, mean, scale);
  }
  for (int m = 0; m < 2; ++m) {
    const int begin = std::max(crop.time_mask_start[m] - first, 0);
    const int end = std::min(crop.time_mask_start[m] + crop.time_mask_frames[m] - first, count);
    for (int j = begin; j < end; ++j) to[j] = 0;
  }
}

void FeatureInput::add_noise_and_standardise(const Crop& crop, int row, int first, int count,
                                             float* values) const {
  const float mean = source_.mean[static_cast<std::size_t>(row)];
  const float scale = source_.scale[static_cast<std::size_t>(row)];
  std::array<float, 4> normals = {};
  for (int j = 0; j < count; ++j) {
    const int frame = first + j;
    if (j == 0 || frame % 4 == 0) normals = noise_normals(crop, row, frame / 4);
    values[j] = changed_value(crop, values[j], normals[static_cast<std::size_t>(frame % 4)], mean, scale);
  }
}

}  // namespace genretrack::cpu
