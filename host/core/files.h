// Files that are whole or not there.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace genretrack {

// A file larger than this is none that a person wrote or this program keeps in one piece.
inline constexpr std::uintmax_t kMostFileBytes = std::uintmax_t{256} << 20;

// The whole file as bytes. Throws Error(kData) that names the path and the system's reason, and for more than
// `most_bytes`: a size that a file claims takes no memory, and an endless one (a device) does not take it
// all. Pipes are read to their end; one that nobody writes to is empty.
std::string read_file(const std::filesystem::path& path, std::uintmax_t most_bytes = kMostFileBytes);

// The same in pieces of at most 1 MiB, however long the file is.
void read_in_pieces(const std::filesystem::path& path, const std::function<void(std::string_view)>& take);

// Writes beside the target, syncs, renames over it and syncs the folder: a reader sees the old or the new
// content, never a part, whenever the process or the machine stops. Throws Error(kData).
void write_file_atomically(const std::filesystem::path& path, std::string_view bytes);

// fsync of a folder, so that a rename in it survives a power cut. Throws Error(kData).
void sync_folder(const std::filesystem::path& folder);

// Refuses names that would leave the folder they are meant for: empty, ".", "..", with a slash or a control
// character, or longer than 200 bytes. Returns why, or an empty string for a good name.
std::string why_not_a_file_name(std::string_view name);

}  // namespace genretrack
