// A cache file on disk: made and sized by HDF5 in one go, read and written at offsets ever after.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "host/cache/cache_header.h"
#include "host/cache/descriptor.h"

namespace genretrack {

// Columns of /clips that are known only once a row stands; 8 bytes a clip each.
enum class Column { kSeconds, kAudioHash, kSize, kMtime, kInode, kFirstRowHash };
inline constexpr std::array<const char*, 9> kColumnNames = {
    "seconds",          "audio_hash",      "file_size", "file_mtime_ns",  "file_inode",
    "spectrogram_hash", "percussion_hash", "mfcc_hash", "chromagram_hash"};

constexpr Column hash_column(Transform t) {
  return static_cast<Column>(static_cast<int>(Column::kFirstRowHash) + static_cast<int>(t));
}

struct CacheFile {
  std::filesystem::path path;
  Descriptor file;
  CacheHeader header;
  bool complete = false;
  // Bytes from the file's beginning.
  std::array<std::uint64_t, kTransformCount> features{};
  std::array<std::uint64_t, kColumnNames.size()> columns{};
  std::uint64_t checksum = 0;

  std::uint64_t row_offset(Transform transform, std::size_t row) const {
    return features[static_cast<std::size_t>(transform)] + row * row_bytes(header, transform);
  }
};

// Makes the file with all that is known before the rows are, and takes its space on the disk.
// Throws Error(kData), leaving nothing behind.
CacheFile create_cache_file(const std::filesystem::path& path, const CacheHeader& header);

enum class Need { kComplete, kAny };
// Opens and checks everything but the rows' values. A file that is not complete is refused unless kAny is
// enough, which also opens for writing. Throws Error(kData) with what is wrong and the remedy.
CacheFile open_cache_file(const std::filesystem::path& path, Need need = Need::kComplete);

// Whether it is a cache of a format that this program does not read.
bool has_another_format(const std::filesystem::path& path);

// Whether a file, even a damaged one, was once made by this program as a cache: only such a one, or an empty
// one, may be replaced. Throws Error(kData) where it cannot be read.
bool was_a_cache(const std::filesystem::path& path);

// The stored bytes of one clip, transform after transform, into `bytes` (resized); returns their hashes.
RowHashes read_stored_row(const CacheFile& cache, std::size_t row, std::vector<std::byte>& bytes);

}  // namespace genretrack
