// Which files are recordings, by name alone: shared by the decoder and by the readers of data sets.
#pragma once

#include <filesystem>

namespace genretrack {

// True for .wav, .au, .flac, .ogg, .mp3 and .opus, in any case.
bool is_audio_file(const std::filesystem::path& path);

}  // namespace genretrack
