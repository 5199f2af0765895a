// Behind the HDF5 image of a cache, where HDF5 and h5py do not look, stands all that opening needs: the
// header, where rows and columns lie, and a hash of the image without them. So HDF5, which crashes over some
// damaged files, never reads one; it only writes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "host/cache/cache_file.h"

namespace genretrack {

// Appends the index to a file that HDF5 has just laid out and closed. Throws Error(kData).
void append_index(const CacheFile& cache);

// Fills header (the columns zero) and offsets from the index of a file of `size` bytes; all of them lie in
// the file. Throws Error(kData), naming the file and the remedy: not a cache, another format version, cut
// short, damaged anywhere but in rows and columns.
void read_index(CacheFile& cache, std::uint64_t size);

// The format version that the index says it has; nothing where the file does not end in an index. Throws
// Error(kData) where the file cannot be read.
std::optional<std::uint64_t> version_of_index(const Descriptor& file, const std::filesystem::path& path);

}  // namespace genretrack
