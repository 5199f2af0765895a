// libFuzzer: any bytes as a model or checkpoint, with their hash made right, are read or refused with an
// Error.
#include <xxhash.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "host/core/error.h"
#include "host/core/utf8.h"
#include "host/train/state_file.h"

namespace {

void expect_read_or_refused(const std::string& bytes) {
  try {
    std::size_t values = 0;
    for (const auto& [name, array] : genretrack::StateFile::parse(bytes, "fuzz.h5").arrays)
      values += array.values.size();
    if (values > bytes.size()) __builtin_trap();
  } catch (const genretrack::Error& error) {
    if (!genretrack::is_utf8(error.what())) __builtin_trap();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  expect_read_or_refused(bytes);
  // The last 24 bytes: index size, hash of what is before it, mark.
  if (size < 24) return 0;
  const std::uint64_t hash = XXH3_64bits(bytes.data(), size - 16);
  bytes.replace(size - 16, 8, reinterpret_cast<const char*>(&hash), 8);
  bytes.replace(size - 8, 8, "GTSTATE2");
  expect_read_or_refused(bytes);
  return 0;
}
