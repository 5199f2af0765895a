// Small things that the messages of this folder share.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace genretrack {

std::string join(const std::vector<std::string>& words);      // "blues, jazz"
std::string count_of(std::size_t n, const std::string& one);  // "1 clip", "2 clips"
std::string genre_name(const std::string& written);           // "hip-hop" is "hiphop"
std::string artist_key(const std::string& artist);            // equal for two spellings of one name

}  // namespace genretrack
