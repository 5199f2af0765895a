// The first seam: a batch of recordings in, their four transforms out, in one call. Each backend is free to
// fuse; one STFT feeds all four.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <variant>

#include "host/dsp/feature_params.h"

namespace genretrack {

// Mono samples at FeatureParams::sample_rate; int16 stands for value / 32768. At most clip_samples() are
// used; a shorter clip counts as followed by zeros.
using Pcm = std::variant<std::span<const std::int16_t>, std::span<const float>>;

// Where the transforms of one clip go: each (rows(t), frame_count()) float32, row-major, preallocated by the
// caller, indexed by Transform.
struct ClipFeatures {
  std::array<std::span<float>, kTransformCount> rows;
  std::span<float> operator[](Transform t) const { return rows[static_cast<std::size_t>(t)]; }
};

class FeatureExtractor {
 public:
  virtual ~FeatureExtractor() = default;

  // Fills out[i] from clips[i]; both have the same length, any from 1 on. Throws Error(kData) naming the
  // index of a clip with a sample that is not finite. Not safe from two threads at once: one extractor per
  // thread.
  virtual void extract(std::span<const Pcm> clips, std::span<const ClipFeatures> out) = 0;

  // The batch that keeps the device busy: 1 on a CPU, where threads take a clip each.
  virtual int preferred_batch() const = 0;

  // One line for logs and caches, e.g. "cpu, 16 lanes (x86-64-v4)".
  virtual std::string describe() const = 0;
};

// Raised whenever an extractor gives other values for the same audio and parameters, so that caches know.
inline constexpr int kExtractorVersion = 1;

}  // namespace genretrack
