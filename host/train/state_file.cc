#include "host/train/state_file.h"

#include <hdf5.h>
#include <hdf5_hl.h>

#include <cstring>
#include <limits>

#include "host/cache/hdf5_handle.h"
#include "host/core/error.h"
#include "host/core/files.h"
#include "host/core/xxh3.h"

namespace genretrack {
namespace {

// Behind the HDF5 image, where HDF5 and h5py do not look: a mark and the image's XXH3. HDF5 itself notices
// few damages, and crashes over some.
constexpr char kMark[] = "GTSTATE1";
constexpr std::uintmax_t kMostBytes = std::uintmax_t{4} << 30;
constexpr std::size_t kMarkSize = sizeof kMark - 1, kTailSize = kMarkSize + sizeof(std::uint64_t);

std::string tail_of(const char* image, std::size_t size) {
  const std::uint64_t hash = XXH3_64bits(image, size);
  std::string tail(kMark, kMarkSize);
  tail.append(reinterpret_cast<const char*>(&hash), sizeof hash);
  return tail;
}

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& what) {
  throw Error(ErrorKind::kData,
              path.string() + ": " + what + "; remove it and run the same command again to make it anew");
}

void require(bool good, const std::filesystem::path& path, const std::string& doing) {
  if (!good) refuse(path, "HDF5 could not " + doing);
}

// Without times of creation, so that equal content gives equal bytes.
void write_dataset(hid_t file, const std::string& name, hid_t stored, hid_t given,
                   const std::vector<hsize_t>& extents, const void* data, const std::filesystem::path& path) {
  const std::string problem = path.string() + ": HDF5 could not make " + name;
  const Hdf5Handle links(H5Pcreate(H5P_LINK_CREATE), H5Pclose, problem);
  H5Pset_create_intermediate_group(links, 1);
  const Hdf5Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, problem);
  H5Pset_obj_track_times(creation, false);
  const Hdf5Handle space(H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr),
                         H5Sclose, problem);
  const Hdf5Handle set(H5Dcreate2(file, name.c_str(), stored, space, links, creation, H5P_DEFAULT), H5Dclose,
                       problem);
  require(H5Dwrite(set, given, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0, path, "write " + name);
}

std::vector<hsize_t> extents_of(hid_t file, const std::string& at, const std::filesystem::path& path) {
  int rank = 0;
  require(H5LTget_dataset_ndims(file, at.c_str(), &rank) >= 0 && rank >= 1, path, "read " + at);
  std::vector<hsize_t> extents(static_cast<std::size_t>(rank));
  require(H5LTget_dataset_info(file, at.c_str(), extents.data(), nullptr, nullptr) >= 0, path, "read " + at);
  return extents;
}

// How many values the extents stand for. The file is plain, so that they cannot be more than its bytes.
std::size_t count_of(const std::vector<hsize_t>& extents, std::size_t file_bytes, const std::string& at,
                     const std::filesystem::path& path) {
  std::size_t count = 1;
  for (const hsize_t extent : extents) {
    require(extent <= std::numeric_limits<int>::max() && (extent == 0 || count <= file_bytes / extent), path,
            "believe the size of " + at);
    count *= extent;
  }
  return count;
}

std::string read_text(hid_t file, const std::string& at, std::size_t file_bytes,
                      const std::filesystem::path& path) {
  std::string value(count_of(extents_of(file, at, path), file_bytes, at, path), '\0');
  require(H5LTread_dataset(file, at.c_str(), H5T_NATIVE_CHAR, value.data()) >= 0, path, "read " + at);
  return value;
}

StateFile::Array read_array(hid_t file, const std::string& at, std::size_t file_bytes,
                            const std::filesystem::path& path) {
  StateFile::Array array;
  const std::vector<hsize_t> extents = extents_of(file, at, path);
  array.values.resize(count_of(extents, file_bytes / sizeof(float), at, path));
  for (const hsize_t extent : extents) array.shape.push_back(static_cast<int>(extent));
  require(H5LTread_dataset_float(file, at.c_str(), array.values.data()) >= 0, path, "read " + at);
  return array;
}

herr_t note_dataset(hid_t, const char* name, const H5O_info_t* info, void* names) {
  if (info->type == H5O_TYPE_DATASET) static_cast<std::vector<std::string>*>(names)->emplace_back(name);
  return 0;
}

}  // namespace

void StateFile::save(const std::filesystem::path& path) const {
  const auto lock = hdf5_lock();
  const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "HDF5 has no memory");
  H5Pset_fapl_core(access, 1 << 20, 0);  // in memory; written as one image
  const Hdf5Handle file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access), H5Fclose,
                        path.string() + ": HDF5 could not make a file in memory");
  for (const auto& [name, array] : arrays)
    write_dataset(file, "arrays/" + name, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT,
                  {array.shape.begin(), array.shape.end()}, array.values.data(), path);
  // Texts are data sets and not attributes: attributes end at 64 KiB.
  for (const auto& [name, value] : texts)
    write_dataset(file, "text/" + name, H5T_NATIVE_CHAR, H5T_NATIVE_CHAR, {value.size()}, value.data(), path);
  require(H5Fflush(file, H5F_SCOPE_GLOBAL) >= 0, path, "flush");
  const ssize_t size = H5Fget_file_image(file, nullptr, 0);
  require(size > 0, path, "make an image");
  std::string image(static_cast<std::size_t>(size), '\0');
  require(H5Fget_file_image(file, image.data(), image.size()) == size, path, "make an image");
  write_file_atomically(path, image + tail_of(image.data(), image.size()));
}

StateFile StateFile::load(const std::filesystem::path& path) {
  std::string image = read_file(path, kMostBytes);
  const std::size_t size = image.size() < kTailSize ? 0 : image.size() - kTailSize;
  if (size == 0 || image.compare(size, kMarkSize, kMark) != 0)
    refuse(path, "is no model or checkpoint of genretrack, or was cut short");
  if (image.compare(size, kTailSize, tail_of(image.data(), size)) != 0)
    refuse(path, "is damaged: its content does not match its hash");
  const auto lock = hdf5_lock();
  const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "HDF5 has no memory");
  H5Pset_fapl_core(access, 1 << 20, 0);
  require(H5Pset_file_image(access, image.data(), size) >= 0, path, "take its content");
  // HDF5 wants a name that no file has, though it opens none.
  const Hdf5Handle file(H5Fopen((path.string() + ".image").c_str(), H5F_ACC_RDONLY, access), H5Fclose,
                        path.string() + ": HDF5 could not open it");
  std::vector<std::string> names;
  require(H5Ovisit(file, H5_INDEX_NAME, H5_ITER_INC, note_dataset, &names) >= 0, path, "list its content");
  StateFile state;
  state.source_ = path.string();
  for (const std::string& name : names) {
    if (name.starts_with("arrays/")) state.arrays[name.substr(7)] = read_array(file, name, size, path);
    if (name.starts_with("text/")) state.texts[name.substr(5)] = read_text(file, name, size, path);
  }
  return state;
}

const StateFile::Array& StateFile::array(const std::string& name) const {
  const auto found = arrays.find(name);
  if (found == arrays.end()) refuse(source_, "has no array \"" + name + "\"");
  return found->second;
}

const std::string& StateFile::text(const std::string& name) const {
  const auto found = texts.find(name);
  if (found == texts.end()) refuse(source_, "has no text \"" + name + "\"");
  return found->second;
}

}  // namespace genretrack
