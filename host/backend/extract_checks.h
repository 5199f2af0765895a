// What every feature extractor refuses, in the same words.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <string>

#include "host/backend/feature_extractor.h"
#include "host/core/error.h"

namespace genretrack {

// Full scale is 1. Louder is taken as it is, up to where powers would leave float32.
inline constexpr float kLoudestSample = 1e9f;

[[noreturn]] inline void refuse_sample(std::size_t clip, std::size_t at, float value) {
  throw Error(ErrorKind::kData,
              "clip " + std::to_string(clip) + ": sample " + std::to_string(at) +
                  (std::isfinite(value) ? " is far beyond full scale, which is 1" : " is not finite") +
                  "; leave the recording out or repair it");
}

inline void check_places(const FeatureParams& params, std::span<const Pcm> clips,
                         std::span<const ClipFeatures> out) {
  if (clips.size() != out.size())
    throw Error(ErrorKind::kFailure,
                std::to_string(clips.size()) + " clips but places for " + std::to_string(out.size()));
  for (const ClipFeatures& features : out)
    for (const Transform t : kTransforms) {
      const std::size_t wanted =
          static_cast<std::size_t>(params.rows(t)) * static_cast<std::size_t>(params.frame_count());
      if (features[t].size() != wanted)
        throw Error(ErrorKind::kFailure, "place for the " + std::string(name(t)) + " has " +
                                             std::to_string(features[t].size()) + " values instead of " +
                                             std::to_string(wanted));
    }
}

}  // namespace genretrack
