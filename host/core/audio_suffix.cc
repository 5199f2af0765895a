#include "host/core/audio_suffix.h"

#include <algorithm>
#include <array>
#include <string>

namespace genretrack {

bool is_audio_file(const std::filesystem::path& path) {
  static constexpr std::array<const char*, 6> kSuffixes = {".wav", ".au", ".flac", ".ogg", ".mp3", ".opus"};
  std::string suffix = path.extension().string();
  for (char& c : suffix)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return std::find(kSuffixes.begin(), kSuffixes.end(), suffix) != kSuffixes.end();
}

}  // namespace genretrack
