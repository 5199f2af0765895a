// Recordings to mono samples.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <variant>
#include <vector>

#include "host/core/audio_suffix.h"

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
// and stops after `max_seconds` (0: the whole file, of at most four hours). A file that is cut behind that
// point is refused all the same. What a header claims is never believed before the samples are there; an mp3
// that declares no length is read to its end, and nobody can tell whether that is where it once ended.
// Throws Error(kData) that names the file, what is wrong (not audio, empty, cut in its header or its data,
// not finite) and what to do. The suffixes of these formats: is_audio_file() in host/core/audio_suffix.h.
// `hash`: where to put the XXH3 of all the file's bytes, which are read once for samples and hash.
Recording decode(const std::filesystem::path& path, int sample_rate, double max_seconds = 0,
                 std::uint64_t* hash = nullptr);

// The `count` samples from sample `first` on of what decode() would give without a limit: fewer at the
// recording's end, none behind it. Reads only that part and a second or two before it, so that resampling and
// codecs are in step: the same samples where nothing is resampled and the codec is lossless, within 1e-5 of
// full scale else. The recording may be of any length; `seconds` is all of it. Throws what decode() does, but
// for damage that lies in the parts not read.
Recording decode_window(const std::filesystem::path& path, int sample_rate, std::size_t first,
                        std::size_t count);

}  // namespace genretrack
