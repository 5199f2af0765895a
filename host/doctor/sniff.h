// What a file is, whatever its name says.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace genretrack {

// By the first bytes: "wav", "au", "flac", "ogg", "opus", "mp3" (what can be read), or in words what else it
// is ("an MP4 file (AAC audio)", "a web page", ...); empty where the bytes say nothing known.
std::string container_of(std::span<const std::byte> start);

bool is_readable_container(const std::string& container);

// Whether a suffix (".wav", in any case) may hold this container.
bool suffix_fits(const std::string& suffix, const std::string& container);

// Whether the last page of an Ogg file says that it is the last; `end` holds the file's last 64 KiB or more.
bool ogg_is_closed(std::span<const std::byte> end);

}  // namespace genretrack
