// What a cache remembers of a recording's file.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <vector>

#include "host/cache/cache_header.h"

namespace genretrack {

// Nothing where there is no such file.
std::optional<FileIdentity> identity_of(const std::filesystem::path& path);

// As identity_of(), but waits a moment where the file was written in this very moment: what is written within
// one tick of the file system's clock leaves no trace in its times, so that a file has to be read after the
// tick.
std::optional<FileIdentity> settled_identity_of(const std::filesystem::path& path);

// XXH3 of the file's bytes, read through `buffer` (resized at need). Throws Error(kData).
std::uint64_t hash_file(const std::filesystem::path& path, std::vector<std::byte>& buffer);

}  // namespace genretrack
