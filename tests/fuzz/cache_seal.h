// Makes the hashes of a mutated cache or journal right again, so that the fuzzer gets behind them. This is
// what somebody would do who forges a file.
#pragma once

#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/cache/cache_file.h"
#include "host/cache/cache_plan.h"
#include "host/core/error.h"

namespace genretrack {

inline constexpr std::size_t kTailBytes = 32, kIndexNumbers = 15;  // docs/cache.md

inline std::uint64_t number_at(std::span<const std::uint8_t> bytes, std::size_t at) {
  std::uint64_t value = 0;
  std::memcpy(&value, bytes.data() + at, 8);
  return value;
}
inline void set_number(std::span<std::uint8_t> bytes, std::size_t at, std::uint64_t value) {
  std::memcpy(bytes.data() + at, &value, 8);
}

// The hash of the image without rows and columns, and the checksum of the header, where the index can be
// read.
inline void seal_image(std::span<std::uint8_t> file, std::size_t index, std::size_t tail) {
  CacheHeader header;
  try {
    ByteReader reader({reinterpret_cast<const char*>(file.data() + index), tail - index});
    header = read_plan(reader);
  } catch (const Error&) {
    return;
  }
  const std::size_t numbers = tail - 8 * kIndexNumbers, clips = header.clips.size();
  using Extent = std::pair<std::uint64_t, std::uint64_t>;
  std::vector<Extent> extents;
  for (std::size_t i = 0; i + 1 < kIndexNumbers; ++i) {
    const std::uint64_t begin = number_at(file, numbers + 8 * i);
    const std::uint64_t bytes =
        i < 4 ? row_bytes(header, kTransforms[i]) * clips : 8 * (i + 2 < kIndexNumbers ? clips : 1);
    if (begin > index || bytes > index - begin) return;
    extents.emplace_back(begin, begin + bytes);
  }
  for (std::size_t i = 0; i < clips; ++i) {
    const auto column = [&](std::size_t c) { return number_at(file, extents[4 + c].first + 8 * i); };
    header.clips[i].seconds = std::bit_cast<double>(column(0));
    header.clips[i].audio_hash = column(1);
    header.files[i] = {column(2), static_cast<std::int64_t>(column(3)), column(4)};
    for (std::size_t t = 0; t < kTransformCount; ++t) header.clips[i].row_hashes[t] = column(5 + t);
  }
  set_number(file, extents.back().first, header_checksum(header));
  std::ranges::sort(extents);
  std::string rest;
  std::uint64_t at = 0;
  for (const Extent& extent : extents) {
    if (extent.first > at) rest.append(reinterpret_cast<const char*>(file.data()) + at, extent.first - at);
    at = std::max(at, extent.second);
  }
  rest.append(reinterpret_cast<const char*>(file.data()) + at, index - at);
  set_number(file, tail - 8, XXH3_64bits(rest.data(), rest.size()));
}

inline void seal_cache(std::span<std::uint8_t> file, bool image_too) {
  if (file.size() < kTailBytes + 8 * kIndexNumbers) return;
  const std::size_t tail = file.size() - kTailBytes;
  std::memcpy(file.data() + tail + 24, "GTCACHE\n", 8);
  set_number(file, tail, kCacheFormatVersion);
  const std::uint64_t size = number_at(file, tail + 8);
  if (size > tail || size < 8 * kIndexNumbers) return;
  if (image_too) seal_image(file, tail - size, tail);
  set_number(file, tail + 16, XXH3_64bits(file.data() + tail - size, size));
}

// Each line of a journal ends with a space and the hash of what stands before it.
inline void seal_journal(std::span<std::uint8_t> text) {
  constexpr std::size_t kNumber = 17;
  for (auto line = text.begin(); line != text.end();) {
    const auto end = std::find(line, text.end(), std::uint8_t{'\n'});
    const auto size = static_cast<std::size_t>(end - line);
    if (size > kNumber) {
      const std::string hash = hex(XXH3_64bits(&*line, size - kNumber));
      std::ranges::copy(hash, end - 16);
    }
    line = end == text.end() ? end : end + 1;
  }
}

}  // namespace genretrack
