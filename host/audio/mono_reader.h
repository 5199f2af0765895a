// Blocks of an opened recording as mono samples.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "host/audio/sound_file.h"

namespace genretrack {

// Frames that are decoded at a time.
inline constexpr std::size_t kBlockFrames = 65536;

// Channels are averaged; the rate is the file's.
class MonoReader {
 public:
  explicit MonoReader(SoundFile& file);

  // The next block, empty at the end. Throws Error(kData) for a NaN or an infinity.
  std::span<const float> next(std::size_t most_frames);

 private:
  SoundFile& file_;
  std::vector<float> frames_;
  std::size_t position_;
};

}  // namespace genretrack
