#include <fcntl.h>
#include <sys/stat.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <string>

#include "host/cache/cache_file.h"
#include "host/cache/hdf5_handle.h"

static_assert(std::endian::native == std::endian::little, "rows are stored as they lie in memory");

namespace genretrack {
namespace {

constexpr std::string_view kSignature("\x89HDF\r\n\x1a\n", 8);
constexpr const char* kRebuild = "; build it again with genretrack cache";
constexpr std::size_t kMostText = 1 << 20;  // of an attribute

class Opener {
 public:
  Opener(CacheFile& cache, Need need) : cache_(cache), need_(need) {}

  void open() {
    open_descriptor();
    const auto lock = hdf5_lock();
    const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "HDF5 has no memory");
    const Hdf5Handle file = open_hdf5(access);
    read_attributes(file);
    read_clips(file);
    find_features(file);
    read_checksum(file);
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorKind::kData, cache_.path.string() + ": " + what);
  }
  [[noreturn]] void damaged(const std::string& what) const {
    fail("this feature cache is damaged (" + what + ")" + kRebuild);
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

  // The very file that is open here, even if another has taken its name meanwhile.
  Hdf5Handle open_hdf5(hid_t access) const {
    std::array<char, kSignature.size()> start{};
    if (::pread(cache_.file.get(), start.data(), start.size(), 0) != static_cast<ssize_t>(start.size()) ||
        std::string_view(start.data(), start.size()) != kSignature)
      fail("this is not an HDF5 file; name a file that genretrack cache made");
    const std::string link = "/proc/self/fd/" + std::to_string(cache_.file.get());
    const hid_t file = H5Fopen(link.c_str(), H5F_ACC_RDONLY, access);
    return {file, H5Fclose,
            cache_.path.string() + ": this feature cache is cut short or damaged in its header" + kRebuild};
  }

  void read_attributes(hid_t file) {
    if (H5Aexists(file, "format") <= 0 || text_attribute(file, "format") != kCacheFormat)
      fail("this HDF5 file is not a feature cache; name a file that genretrack cache made");
    const int version = int_attribute(file, "format_version");
    if (version != kCacheFormatVersion)
      fail("this feature cache has format version " + std::to_string(version) + ", this program reads " +
           std::to_string(kCacheFormatVersion) + kRebuild);
    CacheHeader& h = cache_.header;
    try {
      h.params = params_of_text(text_attribute(file, "features"));
      check(h.params);
    } catch (const Error& error) {
      damaged(error.what());
    }
    h.extractor_version = int_attribute(file, "extractor_version");
    h.program_version = text_attribute(file, "program_version");
    h.device = text_attribute(file, "device");
  }

  std::string text_attribute(hid_t file, const char* key) const {
    const std::string what = broken(key);
    const Hdf5Handle attribute(H5Aopen(file, key, H5P_DEFAULT), H5Aclose, what);
    const Hdf5Handle type(H5Aget_type(attribute), H5Tclose, what);
    const std::size_t width = H5Tget_size(type);
    if (H5Tget_class(type) != H5T_STRING || H5Tis_variable_str(type) != 0 || width > kMostText) damaged(key);
    check_one(attribute, key);
    std::string text(width, '\0');
    if (H5Aread(attribute, type, text.data()) < 0) damaged(key);
    return text.substr(0, text.find('\0'));
  }

  int int_attribute(hid_t file, const char* key) const {
    const Hdf5Handle attribute(H5Aopen(file, key, H5P_DEFAULT), H5Aclose, broken(key));
    check_one(attribute, key);
    int value = 0;
    if (H5Aread(attribute, H5T_NATIVE_INT, &value) < 0) damaged(key);
    return value;
  }

  void check_one(hid_t attribute, const char* key) const {
    const Hdf5Handle space(H5Aget_space(attribute), H5Sclose, broken(key));
    if (H5Sget_simple_extent_npoints(space) != 1) damaged(key);
  }

  std::string broken(const char* name_of_part) const {
    return cache_.path.string() + ": this feature cache is damaged (" + name_of_part + ")" + kRebuild;
  }

  Hdf5Handle data_set(hid_t file, const std::string& set) const {
    return {H5Dopen2(file, set.c_str(), H5P_DEFAULT), H5Dclose, broken(set.c_str())};
  }

  static std::vector<hsize_t> shape(hid_t set) {
    const Hdf5Handle space(H5Dget_space(set), H5Sclose, "HDF5 gives no shape");
    std::vector<hsize_t> dims(static_cast<std::size_t>(std::max(0, H5Sget_simple_extent_ndims(space))));
    if (!dims.empty()) H5Sget_simple_extent_dims(space, dims.data(), nullptr);
    return dims;
  }

  // Where the bytes of a contiguous data set lie, all of them within the file.
  std::uint64_t place(hid_t set, const std::string& set_name, std::uint64_t bytes) const {
    const haddr_t offset = H5Dget_offset(set);
    if (offset == HADDR_UNDEF) damaged(set_name + " has no place in the file");
    if (offset > size_ || bytes > size_ - offset)
      fail("this feature cache is cut short" + std::string(kRebuild));
    return offset;
  }

  void read_clips(hid_t file) {
    const std::vector<hsize_t> dims = shape(data_set(file, "/clips/id"));
    if (dims.size() != 1 || dims[0] == 0 || dims[0] > size_ / 8) damaged("/clips/id");
    cache_.header.clips.resize(dims[0]);
    cache_.header.files.resize(dims[0]);
    text_column(file, "/clips/id", &CachedClip::id);
    text_column(file, "/clips/path", &CachedClip::path);
    text_column(file, "/clips/genre", &CachedClip::genre);
    text_column(file, "/clips/artist", &CachedClip::artist);
    const Hdf5Handle years = data_set(file, "/clips/year");
    std::vector<std::int32_t> year(dims[0]);
    if (shape(years) != dims ||
        H5Dread(years, H5T_NATIVE_INT32, H5S_ALL, H5S_ALL, H5P_DEFAULT, year.data()) < 0)
      damaged("/clips/year");
    for (std::size_t i = 0; i < year.size(); ++i)
      if (year[i] != 0) cache_.header.clips[i].year = year[i];
    for (std::size_t i = 0; i < kColumnNames.size(); ++i) number_column(file, i);
  }

  void text_column(hid_t file, const std::string& set_name, std::string CachedClip::*member) {
    const Hdf5Handle set = data_set(file, set_name);
    const Hdf5Handle type(H5Dget_type(set), H5Tclose, broken(set_name.c_str()));
    const std::size_t width = H5Tget_size(type), n = cache_.header.clips.size();
    if (H5Tget_class(type) != H5T_STRING || H5Tis_variable_str(type) != 0 || width == 0 ||
        width > size_ / n || shape(set) != std::vector<hsize_t>{n})
      damaged(set_name);
    std::string bytes(width * n, '\0');
    if (H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()) < 0) damaged(set_name);
    for (std::size_t i = 0; i < n; ++i) {
      const std::string text = bytes.substr(i * width, width);
      cache_.header.clips[i].*member = text.substr(0, text.find('\0'));
    }
  }

  void number_column(hid_t file, std::size_t column) {
    const std::string set_name = std::string("/clips/") + kColumnNames[column];
    const Hdf5Handle set = data_set(file, set_name);
    const std::size_t n = cache_.header.clips.size();
    const Hdf5Handle type(H5Dget_type(set), H5Tclose, broken(set_name.c_str()));
    if (shape(set) != std::vector<hsize_t>{n} || H5Tget_size(type) != 8) damaged(set_name);
    cache_.columns[column] = place(set, set_name, 8 * n);
    std::vector<std::uint64_t> values(n);
    read_at(cache_.file, cache_.columns[column], std::as_writable_bytes(std::span(values)), cache_.path);
    for (std::size_t i = 0; i < n; ++i) store(static_cast<Column>(column), i, values[i]);
  }

  void store(Column column, std::size_t i, std::uint64_t value) {
    CachedClip& clip = cache_.header.clips[i];
    FileIdentity& file = cache_.header.files[i];
    switch (column) {
      case Column::kSeconds:
        clip.seconds = std::bit_cast<double>(value);
        break;
      case Column::kAudioHash:
        clip.audio_hash = value;
        break;
      case Column::kFeatureHash:
        clip.feature_hash = value;
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
    }
  }

  void find_features(hid_t file) {
    CacheHeader& h = cache_.header;
    const Hdf5Handle single = stored_type(false), half = stored_type(true);
    for (const Transform t : kTransforms) {
      const std::string set_name = "/features/" + std::string(name(t));
      const Hdf5Handle set = data_set(file, set_name);
      const Hdf5Handle type(H5Dget_type(set), H5Tclose, broken(set_name.c_str()));
      const bool is_half = H5Tequal(type, half) > 0;
      if (!is_half && H5Tequal(type, single) <= 0) damaged(set_name + " has another type");
      const Storage storage = is_half ? Storage::kFloat16 : Storage::kFloat32;
      if (t == kTransforms.front()) h.storage = storage;
      const std::vector<hsize_t> expected = {h.clips.size(), static_cast<hsize_t>(h.params.rows(t)),
                                             static_cast<hsize_t>(h.params.frame_count())};
      if (storage != h.storage || shape(set) != expected) damaged(set_name + " has another shape");
      if (row_bytes(h, t) > size_ / h.clips.size())
        fail("this feature cache is cut short" + std::string(kRebuild));
      cache_.features[static_cast<std::size_t>(t)] = place(set, set_name, row_bytes(h, t) * h.clips.size());
    }
  }

  void read_checksum(hid_t file) {
    const Hdf5Handle set = data_set(file, "/checksum");
    if (shape(set) != std::vector<hsize_t>{1}) damaged("/checksum");
    cache_.checksum = place(set, "/checksum", 8);
    std::uint64_t value = 0;
    read_at(cache_.file, cache_.checksum, std::as_writable_bytes(std::span(&value, 1)), cache_.path);
    cache_.complete = value == header_checksum(cache_.header);
    if (cache_.complete || need_ == Need::kAny) return;
    if (value == 0)
      fail("this feature cache is not finished; run genretrack cache again, it goes on where it stopped");
    damaged("its list of clips does not agree with its checksum");
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

bool was_a_cache(const std::filesystem::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.is_open()) return false;
  std::string start(65536, '\0');
  const ssize_t got = ::pread(file.get(), start.data(), start.size(), 0);
  if (got < 0) return false;
  start.resize(static_cast<std::size_t>(got));
  return start.empty() || (start.starts_with(kSignature) && start.find(kCacheFormat) != std::string::npos);
}

std::uint64_t read_stored_row(const CacheFile& cache, std::size_t row, std::vector<std::byte>& bytes) {
  std::size_t total = 0;
  for (const Transform t : kTransforms) total += row_bytes(cache.header, t);
  bytes.resize(total);
  std::span<std::byte> rest(bytes);
  for (const Transform t : kTransforms) {
    const std::size_t size = row_bytes(cache.header, t);
    read_at(cache.file, cache.row_offset(t, row), rest.first(size), cache.path);
    rest = rest.subspan(size);
  }
  return XXH3_64bits(bytes.data(), bytes.size());
}

}  // namespace genretrack
