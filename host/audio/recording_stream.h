// A recording of any length as mono samples at one rate, in constant memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "host/audio/mono_reader.h"
#include "host/audio/resampler.h"
#include "host/audio/sound_file.h"

namespace genretrack {

class RecordingStream {
 public:
  // `hashing`: whether hash() will be asked for. Throws Error(kData) as decode() does.
  RecordingStream(const std::filesystem::path& path, int sample_rate, bool hashing = false);

  // The next samples, the same that decode() gives of the whole file; fewer than asked for only at its end.
  // Throws Error(kData) for damage, when it is reached.
  std::size_t read(std::span<float> samples);

  // Once read() came to the end: length of the file in seconds, by the frames that were there.
  double seconds() const;
  std::uint64_t hash() { return file_.hash(); }  // XXH3 of the file's bytes; throws Error(kData)

 private:
  void fill(std::size_t wanted);

  SoundFile file_;
  MonoReader reader_;
  int sample_rate_;
  std::optional<Resampler> resampler_;
  std::vector<float> ready_;  // from used_ on: resampled and not yet given
  std::size_t used_ = 0, given_ = 0, frames_ = 0;
  bool ended_ = false;
};

}  // namespace genretrack
