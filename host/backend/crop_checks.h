// What every backend refuses of crops, in the same words.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <string>

#include "host/backend/network_ops.h"
#include "host/core/error.h"

namespace genretrack {

// Source and crop as the network sees them.
struct CropBounds {
  std::size_t clips = 0;
  int rows = 0, frames = 0;  // of every clip
  int width = 0;             // frames of a crop
};

// Empty where a crop is possible; else what is wrong.
inline std::string why_no_crop(const Crop& crop, std::size_t batch, const CropBounds& bounds) {
  const auto within = [](std::int32_t start, std::int32_t count, int size) {
    return start >= 0 && count >= 0 && count <= size && start <= size - count;
  };
  if (!(crop.stretch >= 1.0f / 16 && crop.stretch <= 16))
    return "is stretched by less than 1/16 or more than 16";
  const double last = crop.start + (bounds.width - 1) * static_cast<double>(crop.stretch);
  if (crop.clip < 0 || static_cast<std::size_t>(crop.clip) >= bounds.clips || crop.start < 0 ||
      !(last <= bounds.frames - 1))
    return "lies outside " + std::to_string(bounds.clips) + " clips of " + std::to_string(bounds.frames) +
           " frames";
  if (!std::isfinite(crop.gain) || !(crop.noise >= 0) || !std::isfinite(crop.noise))
    return "has a gain or a noise that is no number";
  for (int m = 0; m < 2; ++m)
    if (!within(crop.time_mask_start[m], crop.time_mask_frames[m], bounds.width) ||
        !within(crop.row_mask_start[m], crop.row_mask_rows[m], bounds.rows))
      return "has a mask that lies outside it";
  if (crop.partner >= 0 && static_cast<std::size_t>(crop.partner) >= batch)
    return "is mixed with one that is not in the batch";
  if (!(crop.keep >= 0 && crop.keep <= 1)) return "keeps a share outside 0 to 1 of itself";
  return "";
}

// Throws Error(kFailure) for the first crop that is none.
inline void check_crops(std::span<const Crop> crops, const CropBounds& bounds) {
  for (const Crop& crop : crops)
    if (const std::string why = why_no_crop(crop, crops.size(), bounds); !why.empty())
      throw Error(ErrorKind::kFailure, "a crop of " + std::to_string(bounds.width) + " frames from frame " +
                                           std::to_string(crop.start) + " of clip " +
                                           std::to_string(crop.clip) + " " + why);
}

}  // namespace genretrack
