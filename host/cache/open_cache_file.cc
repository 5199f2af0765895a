#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <string>

#include "host/cache/cache_file.h"
#include "host/cache/cache_index.h"
#include "host/core/error.h"
#include "host/core/xxh3.h"

static_assert(std::endian::native == std::endian::little, "rows are stored as they lie in memory");

namespace genretrack {
namespace {

constexpr std::string_view kSignature("\x89HDF\r\n\x1a\n", 8);
constexpr const char* kRebuild = "; build it again with genretrack cache";

class Opener {
 public:
  Opener(CacheFile& cache, Need need) : cache_(cache), need_(need) {}

  void open() {
    open_descriptor();
    check_signature();
    read_index(cache_, size_);
    for (std::size_t i = 0; i < kColumnNames.size(); ++i) read_column(i);
    read_checksum();
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorKind::kData, cache_.path.string() + ": " + what);
  }

  void open_descriptor() {
    const int flags = need_ == Need::kAny ? O_RDWR : O_RDONLY;
    // Without O_NONBLOCK a named pipe would wait for a writer for ever.
    cache_.file = Descriptor(::open(cache_.path.c_str(), flags | O_CLOEXEC | O_NONBLOCK));
    const int code = errno;
    std::error_code ignored;
    if (std::filesystem::is_directory(cache_.path, ignored))
      fail("this is a folder, not a feature cache; name a file");
    if (!cache_.file.is_open() && code == ENOENT) {
      auto journal = cache_.path;
      journal += ".journal";
      if (std::filesystem::exists(journal, ignored))
        fail("this feature cache is not finished; run genretrack cache again, it goes on where it stopped");
      fail("there is no such feature cache; make it with genretrack cache");
    }
    if (!cache_.file.is_open()) fail_on_file(cache_.path, "open", code);
    struct stat status = {};
    if (::fstat(cache_.file.get(), &status) != 0) fail_on_file(cache_.path, "examine", errno);
    if (!S_ISREG(status.st_mode)) fail("this is not a regular file; name a feature cache on disk");
    size_ = static_cast<std::uint64_t>(status.st_size);
  }

  void check_signature() const {
    std::array<char, kSignature.size()> start{};
    const bool long_enough = size_ >= start.size();
    if (long_enough) read_at(cache_.file, 0, std::as_writable_bytes(std::span(start)), cache_.path);
    if (!long_enough || std::string_view(start.data(), start.size()) != kSignature)
      fail("this is not an HDF5 file; name a file that genretrack cache made");
  }

  void read_column(std::size_t column) {
    std::vector<std::uint64_t> values(cache_.header.clips.size());
    read_at(cache_.file, cache_.columns[column], std::as_writable_bytes(std::span(values)), cache_.path);
    for (std::size_t i = 0; i < values.size(); ++i) store(static_cast<Column>(column), i, values[i]);
  }

  void store(Column column, std::size_t i, std::uint64_t value) {
    CachedClip& clip = cache_.header.clips[i];
    FileIdentity& file = cache_.header.files[i];
    for (const Transform t : kTransforms)
      if (column == hash_column(t)) clip.row_hashes[static_cast<std::size_t>(t)] = value;
    switch (column) {
      case Column::kSeconds:
        clip.seconds = std::bit_cast<double>(value);
        break;
      case Column::kAudioHash:
        clip.audio_hash = value;
        break;
      case Column::kSize:
        file.size = value;
        break;
      case Column::kMtime:
        file.mtime_ns = static_cast<std::int64_t>(value);
        break;
      case Column::kInode:
        file.inode = value;
        break;
      default:  // a row's hash
        break;
    }
  }

  void read_checksum() {
    std::uint64_t value = 0;
    read_at(cache_.file, cache_.checksum, std::as_writable_bytes(std::span(&value, 1)), cache_.path);
    cache_.complete = value == header_checksum(cache_.header);
    if (cache_.complete || need_ == Need::kAny) return;
    if (value == 0)
      fail("this feature cache is not finished; run genretrack cache again, it goes on where it stopped");
    fail("this feature cache is damaged (its list of clips does not agree with its checksum)" +
         std::string(kRebuild));
  }

  CacheFile& cache_;
  Need need_;
  std::uint64_t size_ = 0;
};

}  // namespace

CacheFile open_cache_file(const std::filesystem::path& path, Need need) {
  CacheFile cache;
  cache.path = path;
  Opener(cache, need).open();
  return cache;
}

bool has_another_format(const std::filesystem::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  return file.is_open() && version_of_index(file, path).value_or(kCacheFormatVersion) != kCacheFormatVersion;
}

bool was_a_cache(const std::filesystem::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.is_open()) fail_on_file(path, "open", errno);
  struct stat status = {};
  if (::fstat(file.get(), &status) != 0) fail_on_file(path, "examine", errno);
  if (!S_ISREG(status.st_mode)) return false;
  std::string start(static_cast<std::size_t>(std::min<off_t>(status.st_size, 65536)), '\0');
  read_at(file, 0, std::as_writable_bytes(std::span(start)), path);
  if (start.empty() || (start.starts_with(kSignature) && start.find(kCacheFormat) != std::string::npos))
    return true;
  return version_of_index(file, path).has_value();  // one whose beginning was damaged is known by its end
}

RowHashes read_stored_row(const CacheFile& cache, std::size_t row, std::vector<std::byte>& bytes) {
  std::size_t total = 0;
  for (const Transform t : kTransforms) total += row_bytes(cache.header, t);
  bytes.resize(total);
  std::span<std::byte> rest(bytes);
  RowHashes hashes{};
  for (const Transform t : kTransforms) {
    const std::size_t size = row_bytes(cache.header, t);
    read_at(cache.file, cache.row_offset(t, row), rest.first(size), cache.path);
    hashes[static_cast<std::size_t>(t)] = XXH3_64bits(rest.data(), size);
    rest = rest.subspan(size);
  }
  return hashes;
}

}  // namespace genretrack
