// Letters: N crops, R rows of features, W frames of a crop. The input's (C, H) are the R rows.
#include <string>

#include "cuda/core/grid.cuh"
#include "cuda/nn/feature_input.h"
#include "host/backend/augment.h"
#include "host/backend/crop_checks.h"

namespace genretrack::cuda {
namespace {

struct GatherShape {
  const float *features, *mean, *scale;  // (clips, R, frames), (R), (R)
  std::size_t frames;
  int rows, width, height, channels;  // H and C of the input
};

// Element (row, frame) of a crop before its mixing; `normals` are those of the frame's group of four.
__device__ inline float own_element(const GatherShape& s, const Crop& crop, int row, int frame,
                                    const std::array<float, 4>& normals) {
  const float* from = s.features +
                      (static_cast<std::size_t>(crop.clip) * static_cast<std::size_t>(s.rows) +
                       static_cast<std::size_t>(row)) *
                          s.frames +
                      crop.start;
  if (!is_changed(crop)) return (from[frame] - s.mean[row]) * s.scale[row];
  return changed_element(crop, from, row, frame, normals[static_cast<std::size_t>(frame % 4)], s.mean[row],
                         s.scale[row]);
}

__device__ inline std::array<float, 4> normals_of(const Crop& crop, int row, int group) {
  return crop.noise != 0 ? noise_normals(crop, row, group) : std::array<float, 4>{};
}

// Grid (groups of four frames / kBlock, R, N).
__global__ void gather_kernel(GatherShape s, const Crop* crops, float* to) {
  const auto group = static_cast<int>(element_of_thread()), row = static_cast<int>(blockIdx.y);
  if (group * 4 >= s.width) return;
  const Crop crop = crops[blockIdx.z];
  const bool mixes = crop.partner >= 0;
  const Crop partner = crops[mixes ? static_cast<unsigned>(crop.partner) : blockIdx.z];
  const std::array<float, 4> normals = normals_of(crop, row, group);
  const std::array<float, 4> other = mixes ? normals_of(partner, row, group) : std::array<float, 4>{};
  const int c = row / s.height, h = row % s.height;
  for (int frame = group * 4; frame < group * 4 + 4 && frame < s.width; ++frame) {
    float value = own_element(s, crop, row, frame, normals);
    if (mixes) value = mixed_element(crop.keep, value, own_element(s, partner, row, frame, other));
    const std::size_t place = (static_cast<std::size_t>(blockIdx.z) * static_cast<std::size_t>(s.height) +
                               static_cast<std::size_t>(h)) *
                                  static_cast<std::size_t>(s.width) +
                              static_cast<std::size_t>(frame);
    to[place * static_cast<std::size_t>(s.channels) + static_cast<std::size_t>(c)] = value;
  }
}

DeviceArray<float> on_device(std::span<const float> values) {
  DeviceArray<float> array(values.size());
  if (array.size() > 0)
    check_cuda(cudaMemcpy(array.data(), values.data(), array.bytes(), cudaMemcpyHostToDevice),
               "copy features to the device");
  return array;
}

}  // namespace

FeatureInput::FeatureInput(const FeatureSource& source) : rows_(source.rows), frames_(source.frames) {
  const auto rows = static_cast<std::size_t>(rows_), frames = static_cast<std::size_t>(frames_);
  if (rows_ < 1 || frames_ < 1 || source.mean.size() != rows || source.scale.size() != rows ||
      source.features.size() % (rows * frames) != 0)
    throw Error(ErrorKind::kFailure, "features do not come in clips of " + std::to_string(rows_) +
                                         " rows and " + std::to_string(frames_) +
                                         " frames with a mean and a scale for every row");
  clips_ = source.features.size() / (rows * frames);
  features_ = on_device(source.features);
  mean_ = on_device(source.mean);
  scale_ = on_device(source.scale);
}

void FeatureInput::check(std::span<const Crop> crops, int width) const {
  check_crops(crops, {clips_, rows_, frames_, width});
}

void FeatureInput::gather(const Crop* crops, const Value& to, cudaStream_t stream) const {
  const GatherShape shape = {
      features_.data(), mean_.data(), scale_.data(), static_cast<std::size_t>(frames_), rows_,
      to.width,         to.height,    to.channels};
  const int groups = (to.width + 3) / 4;
  launch(gather_kernel,
         {dim3(static_cast<unsigned>((groups + kBlock - 1) / kBlock), static_cast<unsigned>(rows_),
               static_cast<unsigned>(to.batch)),
          dim3(kBlock), 0, stream, "gather crops"},
         shape, crops, to.data);
}

}  // namespace genretrack::cuda
