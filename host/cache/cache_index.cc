#include "host/cache/cache_index.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>

#include "host/cache/cache_plan.h"
#include "host/core/error.h"
#include "host/core/xxh3.h"

namespace genretrack {
namespace {

constexpr const char* kRebuild = "; build it again with genretrack cache";

// Some ten million clips; a sparse file may claim any size.
constexpr std::uint64_t kMostIndex = std::uint64_t{4} << 30;

// The last bytes of the file.
struct Tail {
  std::uint64_t version = kCacheFormatVersion, index_size = 0, index_hash = 0;
  std::array<char, 8> mark = {'G', 'T', 'C', 'A', 'C', 'H', 'E', '\n'};
};
static_assert(sizeof(Tail) == 32);

struct Extent {
  std::uint64_t begin, end;
};

[[noreturn]] void fail(const CacheFile& cache, const std::string& what) {
  throw Error(ErrorKind::kData, cache.path.string() + ": " + what);
}
[[noreturn]] void damaged(const CacheFile& cache, const std::string& what) {
  fail(cache, "this feature cache is damaged (" + what + ")" + kRebuild);
}

// Rows, columns and checksum: what is written after the index. Sorted.
std::vector<Extent> later_extents(const CacheFile& cache) {
  const std::uint64_t clips = cache.header.clips.size();
  std::vector<Extent> extents = {{cache.checksum, cache.checksum + 8}};
  for (const std::uint64_t column : cache.columns) extents.push_back({column, column + 8 * clips});
  for (const Transform t : kTransforms)
    extents.push_back({cache.row_offset(t, 0), cache.row_offset(t, clips)});
  std::ranges::sort(extents, {}, &Extent::begin);
  return extents;
}

// Of the HDF5 image without the later extents, which do not overlap and end before `size`.
std::uint64_t image_hash(const CacheFile& cache, std::uint64_t size) {
  constexpr std::uint64_t kBlock = 1 << 20;
  Xxh3 hash;
  std::vector<std::byte> block;
  std::vector<Extent> extents = later_extents(cache);
  extents.push_back({size, size});
  std::uint64_t at = 0;
  for (const Extent& later : extents) {
    while (at < later.begin) {
      block.resize(std::min(kBlock, later.begin - at));
      read_at(cache.file, at, block, cache.path);
      hash.update(std::span(block));
      at += block.size();
    }
    at = later.end;
  }
  return hash.digest();
}

// More than HDF5 takes for the header: texts of fixed width, and room for what it says about them. It bounds
// the time that a file which lies can cost.
std::uint64_t most_image(const CacheHeader& header) {
  std::array<std::size_t, 4> widths{};
  for (const CachedClip& clip : header.clips) {
    const std::array sizes = {clip.id.size(), clip.path.size(), clip.genre.size(), clip.artist.size()};
    for (std::size_t i = 0; i < widths.size(); ++i) widths[i] = std::max(widths[i], sizes[i]);
  }
  std::uint64_t a_clip = 4;
  for (const std::size_t width : widths) a_clip += std::max<std::size_t>(width, 1);
  return (1 << 20) + header.clips.size() * a_clip;
}

void check_extents(const CacheFile& cache, std::uint64_t size) {
  const std::uint64_t clips = cache.header.clips.size();
  const auto inside = [&](std::uint64_t offset, std::uint64_t bytes) {
    return offset <= size && bytes <= size - offset;
  };
  bool good = inside(cache.checksum, 8);
  for (const std::uint64_t column : cache.columns) good = good && inside(column, 8 * clips);
  for (const Transform t : kTransforms)
    good = good && row_bytes(cache.header, t) <= size / clips &&
           inside(cache.row_offset(t, 0), row_bytes(cache.header, t) * clips);
  if (!good) damaged(cache, "its rows lie outside the file");
  std::uint64_t at = 0, later = 0;
  for (const Extent& extent : later_extents(cache)) {
    if (extent.begin < at) damaged(cache, "its rows overlap");
    at = extent.end;
    later += extent.end - extent.begin;
  }
  if (size - later > most_image(cache.header)) damaged(cache, "it is longer than its clips");
}

Tail read_tail(const CacheFile& cache, std::uint64_t size) {
  Tail tail;
  const auto expected = tail.mark;
  const std::string unfinished =
      "this file is not a feature cache that is whole: it was cut short, made by an "
      "earlier version, or is another HDF5 file";
  if (size < sizeof tail) fail(cache, unfinished + kRebuild);
  read_at(cache.file, size - sizeof tail, std::as_writable_bytes(std::span(&tail, 1)), cache.path);
  if (tail.mark != expected) fail(cache, unfinished + kRebuild);
  if (tail.version != kCacheFormatVersion)
    fail(cache, "this feature cache has format version " + std::to_string(tail.version) +
                    ", this program reads " + std::to_string(kCacheFormatVersion) + kRebuild);
  if (tail.index_size > kMostIndex) damaged(cache, "its index is longer than any");
  if (tail.index_size > size - sizeof tail) damaged(cache, "its index is longer than the file");
  return tail;
}

}  // namespace

std::optional<std::uint64_t> version_of_index(const Descriptor& file, const std::filesystem::path& path) {
  struct stat status = {};
  if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  const auto size = static_cast<std::uint64_t>(status.st_size);
  Tail tail;
  const auto expected = tail.mark;
  if (size < sizeof tail) return std::nullopt;
  read_at(file, size - sizeof tail, std::as_writable_bytes(std::span(&tail, 1)), path);
  return tail.mark == expected ? std::optional(tail.version) : std::nullopt;
}

void append_index(const CacheFile& cache) {
  const off_t end = ::lseek(cache.file.get(), 0, SEEK_END);
  if (end < 0) fail_on_file(cache.path, "examine", errno);
  const auto size = static_cast<std::uint64_t>(end);
  ByteWriter bytes;
  write_plan(bytes, cache.header);
  for (const std::uint64_t offset : cache.features) bytes.add(offset);
  for (const std::uint64_t offset : cache.columns) bytes.add(offset);
  bytes.add(cache.checksum);
  bytes.add(image_hash(cache, size));
  Tail tail;
  tail.index_size = bytes.bytes().size();
  tail.index_hash = XXH3_64bits(bytes.bytes().data(), bytes.bytes().size());
  write_at(cache.file, size, std::as_bytes(std::span(bytes.bytes())), cache.path);
  write_at(cache.file, size + tail.index_size, std::as_bytes(std::span(&tail, 1)), cache.path);
}

void read_index(CacheFile& cache, std::uint64_t size) {
  const Tail tail = read_tail(cache, size);
  const std::uint64_t image = size - sizeof tail - tail.index_size;
  std::string index(tail.index_size, '\0');
  read_at(cache.file, image, std::as_writable_bytes(std::span(index)), cache.path);
  if (XXH3_64bits(index.data(), index.size()) != tail.index_hash)
    damaged(cache, "its index does not agree with its hash");
  std::uint64_t hash = 0;
  try {
    ByteReader bytes(index);
    cache.header = read_plan(bytes);
    for (std::uint64_t& offset : cache.features) offset = bytes.number();
    for (std::uint64_t& offset : cache.columns) offset = bytes.number();
    cache.checksum = bytes.number();
    hash = bytes.number();
    if (bytes.left() != 0) damaged(cache, "its index is too long");
  } catch (const Error& error) {
    damaged(cache, error.what());
  }
  check_extents(cache, image);
  if (image_hash(cache, image) != hash) damaged(cache, "its HDF5 header does not agree with its hash");
}

}  // namespace genretrack
