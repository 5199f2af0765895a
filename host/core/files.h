// Files that are whole or not there.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace genretrack {

// The whole file as bytes. Throws Error(kData) that names the path and the system's reason.
std::string read_file(const std::filesystem::path& path);

// Writes beside the target, syncs, renames over it and syncs the folder: a reader sees the old or the new
// content, never a part, whenever the process or the machine stops. Throws Error(kData).
void write_file_atomically(const std::filesystem::path& path, std::string_view bytes);

// fsync of a folder, so that a rename in it survives a power cut. Throws Error(kData).
void sync_folder(const std::filesystem::path& folder);

// Refuses names that would leave the folder they are meant for: empty, ".", "..", with a slash or a control
// character, or longer than 200 bytes. Returns why, or an empty string for a good name.
std::string why_not_a_file_name(std::string_view name);

}  // namespace genretrack
