#include "host/cache/cache_plan.h"

#include "host/core/error.h"
#include "host/core/utf8.h"

namespace genretrack {
namespace {

constexpr std::size_t kLeastClip = 5 * sizeof(std::uint64_t);  // four lengths and a year

[[noreturn]] void damaged(const std::string& what) { throw Error(ErrorKind::kData, what); }

std::string one_line(ByteReader& bytes, const char* what) {
  std::string text = bytes.text();
  if (!is_one_line_text(text)) damaged(std::string("its ") + what + " is not text");
  return text;
}

// Only what write_rows_plan would write: nothing is guessed from parameters that were bent.
FeatureParams read_params(ByteReader& bytes) {
  const std::string text = bytes.text();
  const FeatureParams params = params_of_text(text);
  if (params_text(params) != text) damaged("its feature parameters are not readable");
  check(params);
  return params;
}

CachedClip read_clip(ByteReader& bytes) {
  CachedClip clip;
  clip.id = one_line(bytes, "list of clips");
  clip.path = bytes.text();  // any bytes but zero, as file systems allow
  clip.genre = one_line(bytes, "list of genres");
  clip.artist = one_line(bytes, "list of artists");
  const auto year = static_cast<std::int64_t>(bytes.number());
  if (year < 0 || year > 9999) damaged("a year in it is none");
  if (year != 0) clip.year = static_cast<int>(year);
  return clip;
}

}  // namespace

std::uint64_t ByteReader::number() {
  std::uint64_t value = 0;
  std::memcpy(&value, take(sizeof value).data(), sizeof value);
  return value;
}

std::string ByteReader::text() { return std::string(take(number())); }

std::string_view ByteReader::take(std::uint64_t size) {
  if (size > rest_.size()) damaged("its index ends too early");
  const std::string_view taken = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return taken;
}

void write_rows_plan(ByteWriter& bytes, const CacheHeader& header) {
  bytes.add(params_text(header.params));
  bytes.add(static_cast<std::uint64_t>(header.storage));
  bytes.add(static_cast<std::uint64_t>(header.extractor_version));
}

void write_plan(ByteWriter& bytes, const CacheHeader& header) {
  bytes.add(std::uint64_t{kCacheFormatVersion});
  write_rows_plan(bytes, header);
  bytes.add(header.program_version);
  bytes.add(header.device);
  bytes.add(std::uint64_t{header.clips.size()});
  for (const CachedClip& clip : header.clips) {
    bytes.add(clip.id);
    bytes.add(clip.path);
    bytes.add(clip.genre);
    bytes.add(clip.artist);
    bytes.add(static_cast<std::uint64_t>(clip.year.value_or(0)));
  }
}

CacheHeader read_plan(ByteReader& bytes) {
  if (bytes.number() != kCacheFormatVersion) damaged("its two format versions differ");
  CacheHeader header;
  header.params = read_params(bytes);
  const std::uint64_t storage = bytes.number();
  if (storage > static_cast<std::uint64_t>(Storage::kFloat16)) damaged("its number format is unknown");
  header.storage = static_cast<Storage>(storage);
  header.extractor_version = static_cast<int>(bytes.number());
  header.program_version = one_line(bytes, "program version");
  header.device = one_line(bytes, "device");
  const std::uint64_t clips = bytes.number();
  if (clips == 0 || clips > bytes.left() / kLeastClip) damaged("its number of clips is wrong");
  header.clips.reserve(clips);
  for (std::uint64_t i = 0; i < clips; ++i) header.clips.push_back(read_clip(bytes));
  header.files.resize(clips);
  return header;
}

}  // namespace genretrack
