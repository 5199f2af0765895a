// libFuzzer: any bytes as a recording are decoded to finite samples of the promised length and the hash of
// those bytes, or refused with an Error.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include "host/audio/decode.h"
#include "host/core/error.h"
#include "host/core/utf8.h"
#include "host/core/xxh3.h"
#include "tests/fuzz/memory_file.h"

// libsndfile 1.2 forgets 6 KB of libvorbis when it gives up on a damaged ogg file.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:vorbis_info_init\n"; }

namespace genretrack {
namespace {

constexpr int kRate = 22050;

void require(bool good) {
  if (!good) __builtin_trap();
}

void expect_decoded_or_refused(const std::filesystem::path& path, std::span<const std::uint8_t> bytes,
                               double max_seconds) {
  try {
    std::uint64_t hash = 0;
    const Recording recording = decode(path, kRate, max_seconds, &hash);
    require(hash == XXH3_64bits(bytes.data(), bytes.size()));
    require(max_seconds == 0 ||
            recording.size() <= static_cast<std::size_t>(std::llround(max_seconds * kRate)));
    require(std::isfinite(recording.seconds) && recording.seconds > 0);
    if (const auto* floats = std::get_if<std::vector<float>>(&recording.samples))
      for (const float sample : *floats) require(std::isfinite(sample));
  } catch (const Error& error) {
    require(error.kind() == ErrorKind::kData && is_utf8(error.what()));
  }
}

}  // namespace
}  // namespace genretrack

// The last byte says how much of the recording is wanted.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static genretrack::MemoryFile file;
  file.fill({data, size});
  const double seconds[] = {0, 0.001, 0.3, 10};
  genretrack::expect_decoded_or_refused(file.path(), {data, size},
                                        size == 0 ? 0 : seconds[data[size - 1] & 3]);
  return 0;
}
