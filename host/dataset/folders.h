// Folders of recordings on disk, and which paths belong to them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace genretrack {

// What a folder holds, sorted; hidden files and what macOS leaves beside files are passed over. Throws
// Error(kData) where it cannot be listed.
std::vector<std::filesystem::path> list_folder(const std::filesystem::path& folder);

// Appends the recordings at any depth, in order. Links to folders are not followed.
void find_recordings(const std::filesystem::path& folder, std::vector<std::filesystem::path>& found);

// The file's folder: "." where the path has none.
std::filesystem::path folder_of(const std::filesystem::path& file);

// Whether a path leads to something below a folder, by its name or when links are followed. A link below the
// folder may lead anywhere: who makes it there decides so.
bool lies_under(const std::filesystem::path& path, const std::filesystem::path& folder);

// The path from the folder to what lies under it, with slashes; links are followed only where its name does
// not begin with the folder's.
std::string relative_name(const std::filesystem::path& path, const std::filesystem::path& folder);

}  // namespace genretrack
