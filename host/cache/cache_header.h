// What a cache file says about itself, apart from its rows, and the keys and checksums made of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "host/cache/feature_cache.h"

namespace genretrack {

inline constexpr const char* kCacheFormat = "genretrack feature cache";
inline constexpr int kCacheFormatVersion = 2;

// What tells, without reading, that a recording is still the one that was read.
struct FileIdentity {
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;
  std::uint64_t inode = 0;
  bool operator==(const FileIdentity&) const = default;
};

struct CacheHeader {
  FeatureParams params;
  Storage storage = Storage::kFloat32;
  int extractor_version = 0;
  std::string program_version, device;
  std::vector<CachedClip> clips;    // sorted as the rows are
  std::vector<FileIdentity> files;  // of each clip
};

// The parameters as JSON text, with the keys of an experiment's `features`, and back. Throws Error(kData).
std::string params_text(const FeatureParams& params);
FeatureParams params_of_text(const std::string& text);

// Equal where rows of one cache may be copied into the other: parameters, extractor version, storage.
std::uint64_t rows_key(const CacheHeader& header);
// Equal where a build may go on with another's file: all that is known before the rows are.
std::uint64_t plan_key(const CacheHeader& header);
// Of everything; 0 never.
std::uint64_t header_checksum(const CacheHeader& header);

std::size_t value_bytes(Storage storage);
// Bytes of one clip's row of a transform.
std::size_t row_bytes(const CacheHeader& header, Transform transform);

// 16 hexadecimal digits.
std::string hex(std::uint64_t value);

}  // namespace genretrack
