// All of a cache's header that is known before its rows are, as bytes and back.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "host/cache/cache_header.h"

namespace genretrack {

// Numbers of 8 bytes and texts behind their length, so that no two headers have the same bytes.
class ByteWriter {
 public:
  void add(std::uint64_t value) { bytes_.append(reinterpret_cast<const char*>(&value), sizeof value); }
  void add(std::string_view text) {
    add(std::uint64_t{text.size()});
    bytes_ += text;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

// Reads the same from bytes that may be anybody's: never past their end, and no text longer than they are.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}
  // Both throw Error(kData) where the bytes end too early.
  std::uint64_t number();
  std::string text();
  std::size_t left() const { return rest_.size(); }

 private:
  std::string_view take(std::uint64_t size);
  std::string_view rest_;
};

void write_rows_plan(ByteWriter& bytes, const CacheHeader& header);
void write_plan(ByteWriter& bytes, const CacheHeader& header);
// The header of write_plan's bytes, the columns zero. Throws Error(kData) with what is wrong, not where.
CacheHeader read_plan(ByteReader& bytes);

}  // namespace genretrack
