// Which container a file's first bytes announce, looked at before libsndfile sees them: it reads two dozen
// formats that nobody here asks for, many of them old and little tried.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>

namespace genretrack {

// Bytes from an offset; fewer than asked for at the end of the file, and 0 where reading fails.
using ReadAt = std::function<std::size_t(std::uint64_t offset, std::span<unsigned char> bytes)>;

// Where wav (also RF64), au, flac, ogg or mp3 begins, behind the ID3v2 tags that the file may start with;
// nothing where none does.
std::optional<std::uint64_t> find_audio(const ReadAt& read);

// True for the same containers in the words of libsndfile (SF_INFO::format).
bool is_read_container(int sndfile_format);

}  // namespace genretrack
