#include "host/audio/mono_reader.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace genretrack {

MonoReader::MonoReader(SoundFile& file)
    : file_(file),
      frames_(kBlockFrames * static_cast<std::size_t>(file.channels())),
      position_(file.position()) {}

std::span<const float> MonoReader::next(std::size_t most_frames) {
  const auto channels = static_cast<std::size_t>(file_.channels());
  const std::size_t wanted = std::min(most_frames, kBlockFrames);
  const std::size_t got = file_.read(std::span(frames_).first(wanted * channels));
  for (std::size_t i = 0; i < got; ++i) {
    // In double, so that the sum of large samples of many channels does not overflow.
    double sum = 0;
    for (std::size_t c = 0; c < channels; ++c) sum += static_cast<double>(frames_[i * channels + c]);
    const auto mean = static_cast<float>(sum / static_cast<double>(channels));
    if (!std::isfinite(mean))
      file_.fail(
          "sample " + std::to_string(position_ + i) +
          " is not a finite number; write the file anew from its source, or take it out of the data set");
    frames_[i] = mean;
  }
  position_ += got;
  return std::span(frames_).first(got);
}

}  // namespace genretrack
