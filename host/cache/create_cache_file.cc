#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <string>

#include "host/cache/cache_file.h"
#include "host/cache/cache_index.h"
#include "host/cache/hdf5_handle.h"

namespace genretrack {
namespace {

// Room for the object headers comes first; rows start on pages of their own.
constexpr hsize_t kAlignFrom = 65536, kAlignTo = 4096;

// Bytes of a data set, at their place in the file.
struct Content {
  std::uint64_t offset;
  std::string bytes;
};

class Creator {
 public:
  Creator(CacheFile& cache, hid_t file)
      : cache_(cache),
        file_(file),
        contiguous_(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "HDF5 has no memory") {
    H5Pset_layout(contiguous_, H5D_CONTIGUOUS);
    H5Pset_alloc_time(contiguous_, H5D_ALLOC_TIME_EARLY);
    H5Pset_fill_time(contiguous_, H5D_FILL_TIME_NEVER);
    // The same rows are the same bytes, whenever they were computed.
    H5Pset_obj_track_times(contiguous_, false);
  }

  void write_attributes() {
    const CacheHeader& h = cache_.header;
    attribute("format", kCacheFormat);
    attribute("format_version", kCacheFormatVersion);
    attribute("features", params_text(h.params));
    attribute("extractor_version", h.extractor_version);
    attribute("program_version", h.program_version);
    attribute("device", h.device);
  }

  void write_clips() {
    const Hdf5Handle group = make_group("clips");
    text_column(group, "id", [](const CachedClip& c) -> const std::string& { return c.id; });
    text_column(group, "path", [](const CachedClip& c) -> const std::string& { return c.path; });
    text_column(group, "genre", [](const CachedClip& c) -> const std::string& { return c.genre; });
    text_column(group, "artist", [](const CachedClip& c) -> const std::string& { return c.artist; });
    year_column(group);
    for (std::size_t i = 0; i < kColumnNames.size(); ++i)
      cache_.columns[i] = offset(make(group, kColumnNames[i], column_type(i), {count()}));
    cache_.checksum = offset(make(file_, "checksum", H5T_STD_U64LE, {1}));
  }

  void make_features() {
    const Hdf5Handle group = make_group("features");
    const Hdf5Handle type = stored_type(cache_.header.storage == Storage::kFloat16);
    for (const Transform t : kTransforms)
      cache_.features[static_cast<std::size_t>(t)] =
          offset(make(group, std::string(name(t)).c_str(), type,
                      {count(), static_cast<hsize_t>(cache_.header.params.rows(t)),
                       static_cast<hsize_t>(cache_.header.params.frame_count())}));
  }

  std::vector<Content> take_contents() { return std::move(contents_); }

 private:
  hsize_t count() const { return cache_.header.clips.size(); }
  std::string failure() const { return cache_.path.string() + ": cannot be laid out as an HDF5 file"; }

  void check(herr_t status) const {
    if (status < 0) throw Error(ErrorKind::kData, failure());
  }

  Hdf5Handle make_group(const char* group) {
    const Hdf5Handle options(H5Pcreate(H5P_GROUP_CREATE), H5Pclose, failure());
    H5Pset_obj_track_times(options, false);
    return {H5Gcreate2(file_, group, H5P_DEFAULT, options, H5P_DEFAULT), H5Gclose, failure()};
  }

  Hdf5Handle make(hid_t where, const char* set, hid_t type, const std::vector<hsize_t>& shape) {
    const Hdf5Handle space(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), H5Sclose,
                           failure());
    return {H5Dcreate2(where, set, type, space, H5P_DEFAULT, contiguous_, H5P_DEFAULT), H5Dclose, failure()};
  }

  std::uint64_t offset(const Hdf5Handle& set) const {
    const haddr_t address = H5Dget_offset(set);
    if (address == HADDR_UNDEF) throw Error(ErrorKind::kData, failure());
    return address;
  }

  static hid_t column_type(std::size_t column) {
    if (column == static_cast<std::size_t>(Column::kSeconds)) return H5T_IEEE_F64LE;
    return column == static_cast<std::size_t>(Column::kMtime) ? H5T_STD_I64LE : H5T_STD_U64LE;
  }

  static Hdf5Handle text_type(std::size_t width) {
    Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose, "HDF5 has no text type");
    H5Tset_size(type, std::max<std::size_t>(width, 1));
    H5Tset_strpad(type, H5T_STR_NULLPAD);
    H5Tset_cset(type, H5T_CSET_UTF8);
    return type;
  }

  void attribute(const char* key, const std::string& text) {
    std::string padded = text.empty() ? std::string(1, '\0') : text;
    attribute(key, text_type(text.size()), padded.data());
  }
  void attribute(const char* key, int value) {
    attribute(key, Hdf5Handle(H5Tcopy(H5T_STD_I32LE), H5Tclose, failure()), &value);
  }
  void attribute(const char* key, const Hdf5Handle& type, const void* value) {
    const Hdf5Handle space(H5Screate(H5S_SCALAR), H5Sclose, failure());
    const Hdf5Handle made(H5Acreate2(file_, key, type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose, failure());
    check(H5Awrite(made, type, value));
  }

  template <class Member>
  void text_column(hid_t group, const char* column, Member member) {
    std::size_t width = 1;
    for (const CachedClip& clip : cache_.header.clips) width = std::max(width, member(clip).size());
    std::string bytes(width * count(), '\0');
    for (std::size_t i = 0; i < count(); ++i)
      std::ranges::copy(member(cache_.header.clips[i]),
                        bytes.begin() + static_cast<std::ptrdiff_t>(i * width));
    contents_.push_back({offset(make(group, column, text_type(width), {count()})), std::move(bytes)});
  }

  void year_column(hid_t group) {
    std::string bytes(sizeof(std::int32_t) * count(), '\0');
    for (std::size_t i = 0; i < count(); ++i) {
      const std::int32_t year = cache_.header.clips[i].year.value_or(0);
      std::memcpy(bytes.data() + sizeof year * i, &year, sizeof year);
    }
    contents_.push_back({offset(make(group, "year", H5T_STD_I32LE, {count()})), std::move(bytes)});
  }

  CacheFile& cache_;
  hid_t file_;
  Hdf5Handle contiguous_;
  std::vector<Content> contents_;
};

// What is known already, for whoever writes it. HDF5 does not: it was seen to lose a data set's bytes without
// a word where the disk refused them once.
std::vector<Content> lay_out(CacheFile& cache) {
  const auto lock = hdf5_lock();
  const std::string failure = cache.path.string() + ": cannot be made as an HDF5 file";
  const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, failure);
  // The newest layout has checksums in its headers, so that damage to them is seen.
  H5Pset_libver_bounds(access, H5F_LIBVER_V110, H5F_LIBVER_V110);
  H5Pset_alignment(access, kAlignFrom, kAlignTo);
  const Hdf5Handle creation(H5Pcreate(H5P_FILE_CREATE), H5Pclose, failure);
  H5Pset_obj_track_times(creation, false);
  Hdf5Handle file(H5Fcreate(cache.path.c_str(), H5F_ACC_TRUNC, creation, access), H5Fclose, failure);
  std::vector<Content> contents;
  {
    Creator creator(cache, file);
    creator.write_attributes();
    creator.write_clips();
    creator.make_features();
    contents = creator.take_contents();
  }
  errno = 0;
  if (file.close()) return contents;
  // HDF5 itself does not say why.
  const int code = errno;
  if (code == ENOSPC || code == EDQUOT || code == EIO) fail_on_file(cache.path, "write the layout", code);
  throw Error(ErrorKind::kData, failure + "; is the disk full or may it not be written?");
}

// Takes the disk space now, so that a full disk is told before hours of work, not after.
void take_space(const CacheFile& cache) {
  const off_t size = ::lseek(cache.file.get(), 0, SEEK_END);
  if (size < 0) fail_on_file(cache.path, "examine", errno);
  int result = 0;
  do result = ::fallocate(cache.file.get(), 0, 0, size);
  while (result != 0 && errno == EINTR);
  if (result == 0 || errno == EOPNOTSUPP || errno == ENOSYS) return;
  const int code = errno;
  const std::string doing = "take " + std::to_string((size >> 20) + 1) + " MB for the rows";
  fail_on_file(cache.path, doing.c_str(), code);
}

}  // namespace

CacheFile create_cache_file(const std::filesystem::path& path, const CacheHeader& header) {
  CacheFile cache;
  cache.path = path;
  cache.header = header;
  // Made by us first, because HDF5 does not say why it cannot make a file.
  cache.file = Descriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!cache.file.is_open()) fail_on_file(path, "make this file", errno);
  try {
    for (const Content& content : lay_out(cache))
      write_at(cache.file, content.offset, std::as_bytes(std::span(content.bytes)), path);
    append_index(cache);
    take_space(cache);
    // Zeros of the columns, so that a row that never came is not mistaken for one.
    const std::vector<std::byte> zeros(8 * std::max<std::size_t>(header.clips.size(), 1));
    for (const std::uint64_t column : cache.columns) write_at(cache.file, column, zeros, path);
    write_at(cache.file, cache.checksum, std::span(zeros).first(8), path);
    start_writing_back(cache.file, 0, 0);
  } catch (...) {
    ::unlink(path.c_str());
    throw;
  }
  return cache;
}

}  // namespace genretrack
