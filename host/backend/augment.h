// The law of one element of a changed training crop, shared by all backends. The changes come in the order of
// Crop's fields: stretch; gain and noise in the units of the features; standardisation; masks, which set the
// row's mean (0 by then); mixup of two crops that are changed but not mixed.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>

#include "host/backend/network_ops.h"
#include "host/core/host_device.h"
#include "host/core/random.h"

namespace genretrack {

// Whether anything but the place of a crop differs from plain features.
GENRETRACK_HOST_DEVICE inline bool is_changed(const Crop& crop) {
  return crop.stretch != 1 || crop.gain != 0 || crop.noise != 0 || crop.time_mask_frames[0] > 0 ||
         crop.time_mask_frames[1] > 0 || crop.row_mask_rows[0] > 0 || crop.row_mask_rows[1] > 0;
}

// The value at `frame` of a stretched row, of which `from` is the first frame of the crop. Places are fixed
// point with 32 binary digits, so that every backend reads the same two neighbours: a float is such a number
// exactly from 2^-8 on.
GENRETRACK_HOST_DEVICE inline float stretched_value(const float* from, float stretch, std::int32_t frame) {
  const auto step = static_cast<std::uint64_t>(stretch * 4294967296.0f);
  const std::uint64_t place = step * static_cast<std::uint64_t>(frame);
  const std::uint64_t at = place >> 32;
  const float rest =
      static_cast<float>(static_cast<std::uint32_t>(place & 0xffffffffu)) * (1.0f / 4294967296.0f);
  const float value = from[at];
  return rest > 0 ? value + rest * (from[at + 1] - value) : value;
}

// Standard normals for frames 4 * group .. 4 * group + 3 of one row of a crop (Box and Muller 1958): a
// function of (noise_seed, noise_stream, row, frame), whatever the width. None is above 5.8 in size.
GENRETRACK_HOST_DEVICE inline std::array<float, 4> noise_normals(const Crop& crop, std::int32_t row,
                                                                 std::int32_t group) {
  using std::cos;
  using std::log;
  using std::sin;
  using std::sqrt;
  const std::uint64_t index =
      (static_cast<std::uint64_t>(row) << 32) | static_cast<std::uint64_t>(static_cast<std::uint32_t>(group));
  const std::array<std::uint32_t, 4> words =
      philox(crop.noise_seed, Purpose::kNoise, crop.noise_stream, index);
  const float first = sqrt(-2.0f * log(uniform_float(words[0])));
  const float second = sqrt(-2.0f * log(uniform_float(words[2])));
  const float first_turn = 6.28318530718f * uniform_float(words[1]);
  const float second_turn = 6.28318530718f * uniform_float(words[3]);
  return {first * cos(first_turn), first * sin(first_turn), second * cos(second_turn),
          second * sin(second_turn)};
}

GENRETRACK_HOST_DEVICE inline bool is_row_masked(const Crop& crop, std::int32_t row) {
  bool masked = false;
  for (int m = 0; m < 2; ++m)
    masked =
        masked || (row >= crop.row_mask_start[m] && row < crop.row_mask_start[m] + crop.row_mask_rows[m]);
  return masked;
}
GENRETRACK_HOST_DEVICE inline bool is_frame_masked(const Crop& crop, std::int32_t frame) {
  bool masked = false;
  for (int m = 0; m < 2; ++m)
    masked = masked ||
             (frame >= crop.time_mask_start[m] && frame < crop.time_mask_start[m] + crop.time_mask_frames[m]);
  return masked;
}

// A value that is not masked, before its mixing. `stretched`: of stretched_value(); `normal`: the element's
// of noise_normals(), any number where there is no noise.
GENRETRACK_HOST_DEVICE inline float changed_value(const Crop& crop, float stretched, float normal, float mean,
                                                  float scale) {
  return (stretched + crop.noise * normal + crop.gain - mean) * scale;
}

// Element (row, frame) of a crop before its mixing. `from`: the row's first frame of the crop.
GENRETRACK_HOST_DEVICE inline float changed_element(const Crop& crop, const float* from, std::int32_t row,
                                                    std::int32_t frame, float normal, float mean,
                                                    float scale) {
  if (is_row_masked(crop, row) || is_frame_masked(crop, frame)) return 0;
  return changed_value(crop, stretched_value(from, crop.stretch, frame), normal, mean, scale);
}

// `own` and `partner`: the same element of both crops before their mixing. Mixup: Zhang et al. 2018.
GENRETRACK_HOST_DEVICE inline float mixed_element(float keep, float own, float partner) {
  return keep * own + (1 - keep) * partner;
}

}  // namespace genretrack
