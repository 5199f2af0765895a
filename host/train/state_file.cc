#include "host/train/state_file.h"

#include <hdf5.h>
#include <hdf5_hl.h>
#include <xxhash.h>

#include <algorithm>

#include "host/core/error.h"
#include "host/core/files.h"

namespace genretrack {
namespace {

constexpr const char* kHashName = "xxh3";

// An identifier of HDF5 with the function that closes its kind.
class Handle {
 public:
  Handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  hid_t get() const { return id_; }
  bool good() const { return id_ >= 0; }

 private:
  hid_t id_;
  herr_t (*close_)(hid_t);
};

// HDF5 prints its own stack of errors unless told not to; ours say more.
void silence() { H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); }

void require(bool good, const std::filesystem::path& path, const std::string& doing) {
  if (!good) throw Error(ErrorKind::kData, path.string() + ": HDF5 could not " + doing);
}

// Without times of creation, so that equal content gives equal bytes.
void write_dataset(hid_t file, const std::string& name, hid_t stored, hid_t given,
                   const std::vector<hsize_t>& extents, const void* data, const std::filesystem::path& path) {
  const Handle links(H5Pcreate(H5P_LINK_CREATE), H5Pclose);
  H5Pset_create_intermediate_group(links.get(), 1);
  const Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  H5Pset_obj_track_times(creation.get(), false);
  const Handle space(H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr), H5Sclose);
  const Handle set(
      H5Dcreate2(file, name.c_str(), stored, space.get(), links.get(), creation.get(), H5P_DEFAULT),
      H5Dclose);
  require(set.good() && H5Dwrite(set.get(), given, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0, path,
          "write " + name);
}

// Texts are data sets under /text and not attributes: attributes end at 64 KiB.
void write_text(hid_t file, const std::string& name, const std::string& value,
                const std::filesystem::path& path) {
  write_dataset(file, "text/" + name, H5T_NATIVE_CHAR, H5T_NATIVE_CHAR, {value.size()}, value.data(), path);
}

// A damaged file may claim any size; nothing in it can be larger than itself.
std::string read_text(hid_t file, const std::string& at, std::size_t file_size) {
  hsize_t size = 0;
  H5T_class_t kind;
  std::size_t bytes = 0;
  if (H5LTget_dataset_info(file, at.c_str(), &size, &kind, &bytes) < 0 || bytes != 1 || size > file_size)
    return {};
  std::string value(size, '\0');
  if (H5LTread_dataset(file, at.c_str(), H5T_NATIVE_CHAR, value.data()) < 0) return {};
  return value;
}

struct Listing {
  std::vector<std::string> names;
};

herr_t note_dataset(hid_t, const char* name, const H5O_info_t* info, void* data) {
  if (info->type == H5O_TYPE_DATASET) static_cast<Listing*>(data)->names.emplace_back(name);
  return 0;
}

StateFile::Array read_array(hid_t file, const std::string& at, std::size_t file_size,
                            const std::filesystem::path& path) {
  int rank = 0;
  require(H5LTget_dataset_ndims(file, at.c_str(), &rank) >= 0 && rank >= 1 && rank <= 8, path, "read " + at);
  std::vector<hsize_t> extents(static_cast<std::size_t>(rank));
  H5T_class_t kind;
  std::size_t bytes = 0;
  require(H5LTget_dataset_info(file, at.c_str(), extents.data(), &kind, &bytes) >= 0 && kind == H5T_FLOAT &&
              bytes == sizeof(float),
          path, "read " + at);
  StateFile::Array array;
  std::size_t count = 1;
  for (const hsize_t extent : extents) {
    array.shape.push_back(static_cast<int>(extent));
    require(extent <= file_size / sizeof(float) / count, path, "read " + at);
    count *= std::max<std::size_t>(extent, 1);
  }
  if (std::find(extents.begin(), extents.end(), 0) != extents.end()) count = 0;
  array.values.resize(count);
  require(H5LTread_dataset_float(file, at.c_str(), array.values.data()) >= 0, path, "read " + at);
  return array;
}

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& what) {
  throw Error(ErrorKind::kData,
              path.string() + ": " + what + "; remove it and run the same command again to make it anew");
}

}  // namespace

std::string StateFile::hash() const {
  XXH3_state_t* state = XXH3_createState();
  XXH3_64bits_reset(state);
  const auto add = [&](const void* data, std::size_t size) { XXH3_64bits_update(state, data, size); };
  for (const auto& [name, array] : arrays) {
    add(name.c_str(), name.size() + 1);
    add(array.shape.data(), array.shape.size() * sizeof(int));
    add(array.values.data(), array.values.size() * sizeof(float));
  }
  for (const auto& [name, value] : texts) {
    if (name == kHashName) continue;
    add(name.c_str(), name.size() + 1);
    add(value.c_str(), value.size() + 1);
  }
  const XXH64_hash_t digest = XXH3_64bits_digest(state);
  XXH3_freeState(state);
  return std::to_string(digest);
}

void StateFile::save(const std::filesystem::path& path) const {
  silence();
  const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_fapl_core(access.get(), 1 << 20, 0);  // in memory; written as one image
  const Handle file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.get()), H5Fclose);
  require(file.good(), path, "make a file in memory");
  for (const auto& [name, array] : arrays)
    write_dataset(file.get(), "arrays/" + name, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT,
                  {array.shape.begin(), array.shape.end()}, array.values.data(), path);
  for (const auto& [name, value] : texts) write_text(file.get(), name, value, path);
  write_text(file.get(), kHashName, hash(), path);
  require(H5Fflush(file.get(), H5F_SCOPE_GLOBAL) >= 0, path, "flush");
  const ssize_t size = H5Fget_file_image(file.get(), nullptr, 0);
  require(size > 0, path, "make an image");
  std::string image(static_cast<std::size_t>(size), '\0');
  require(H5Fget_file_image(file.get(), image.data(), image.size()) == size, path, "make an image");
  write_file_atomically(path, image);
}

StateFile StateFile::load(const std::filesystem::path& path) {
  silence();
  std::string image = read_file(path);
  const Handle file(
      H5LTopen_file_image(image.data(), image.size(),
                          H5LT_FILE_IMAGE_DONT_COPY | H5LT_FILE_IMAGE_DONT_RELEASE | H5LT_FILE_IMAGE_OPEN_RW),
      H5Fclose);
  if (!file.good()) refuse(path, "is no HDF5 file, or is damaged");
  StateFile state;
  state.source_ = path.string();
  Listing listing;
  if (H5Ovisit(file.get(), H5_INDEX_NAME, H5_ITER_INC, note_dataset, &listing) < 0)
    refuse(path, "is damaged");
  for (const std::string& name : listing.names) {
    if (name.starts_with("arrays/"))
      state.arrays[name.substr(7)] = read_array(file.get(), name, image.size(), path);
    if (name.starts_with("text/")) state.texts[name.substr(5)] = read_text(file.get(), name, image.size());
  }
  if (state.texts[kHashName] != state.hash()) refuse(path, "is damaged: its content does not match its hash");
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
