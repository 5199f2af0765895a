// Recordings to mono samples.
#pragma once

#include <cstdint>
#include <filesystem>
#include <variant>
#include <vector>

namespace genretrack {

struct Recording {
  // Mono at the asked rate. int16 where the file is 16-bit mono at that rate already (value / 32768), which
  // needs no conversion at all; float32 else.
  std::variant<std::vector<std::int16_t>, std::vector<float>> samples;
  double seconds = 0;  // of the whole file, before any cut
  int file_sample_rate = 0;
  int file_channels = 0;
  std::size_t size() const;
};

// Reads wav, au, flac, ogg, mp3 and opus (libsndfile), averages channels, resamples with soxr's high quality,
// and stops after `max_seconds` (0: the whole file). Throws Error(kData) that names the file, what is wrong
// (not audio, empty, cut in its header or its data, not finite) and what to do.
Recording decode(const std::filesystem::path& path, int sample_rate, double max_seconds = 0);

// True for the suffixes of the formats above, in any case.
bool is_audio_file(const std::filesystem::path& path);

}  // namespace genretrack
