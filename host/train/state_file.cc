#include "host/train/state_file.h"

#include <hdf5.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>

#include "host/cache/hdf5_handle.h"
#include "host/core/error.h"
#include "host/core/files.h"
#include "host/core/utf8.h"
#include "host/core/xxh3.h"

namespace genretrack {
namespace {

// Behind the HDF5 image, where HDF5 and h5py do not look: an index in JSON of where each array and text lies,
// and a tail. We read by the index: HDF5 itself notices few damages, and crashes over some.
constexpr char kMark[] = "GTSTATE2";
constexpr std::uintmax_t kMostBytes = std::uintmax_t{4} << 30;
struct Tail {
  std::uint64_t index_size = 0, hash = 0;  // hash: of everything before it
  char mark[8] = {};
};
static_assert(sizeof(Tail) == 24);

using Json = nlohmann::ordered_json;

std::uint64_t hash_of(const std::string& before, std::uint64_t index_size) {
  Xxh3 hash;
  hash.update(std::span(before));
  hash.update(std::span(&index_size, 1));
  return hash.digest();
}

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& what) {
  throw Error(ErrorKind::kData,
              path.string() + ": " + what + "; remove it and run the same command again to make it anew");
}

void require(bool good, const std::filesystem::path& path, const std::string& doing) {
  if (!good) refuse(path, "HDF5 could not " + doing);
}

// Without times of creation, so that equal content gives equal bytes. Answers with where its values begin.
std::uint64_t write_dataset(hid_t file, const std::string& name, hid_t stored, hid_t given,
                            const std::vector<hsize_t>& extents, const void* data,
                            const std::filesystem::path& path) {
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
  const haddr_t offset = H5Dget_offset(set);
  return offset == HADDR_UNDEF ? 0 : offset;  // nothing is stored of what is empty
}

// Reads an HDF5 image by the index; believes no number that the image's size does not bear out.
class Image {
 public:
  Image(const std::string& bytes, const std::filesystem::path& path)
      : bytes_(bytes), path_(path), left_(bytes.size()) {}

  StateFile::Array array(const std::string& name, const Json& entry) {
    const std::span<const char> bytes = values(name, entry, sizeof(float));
    StateFile::Array array;
    for (const Json& extent : entry.at("shape")) array.shape.push_back(extent.get<int>());
    array.values.resize(bytes.size() / sizeof(float));
    std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(array.values.data()));
    return array;
  }
  std::string text(const std::string& name, const Json& entry) {
    const std::span<const char> bytes = values(name, entry, 1);
    return {bytes.begin(), bytes.end()};
  }

 private:
  // No bytes are said to belong to two names, so that a small file cannot ask for much memory.
  std::span<const char> values(const std::string& name, const Json& entry, std::size_t width) {
    std::uint64_t size = width;
    for (const Json& extent : entry.at("shape"))
      if (__builtin_mul_overflow(size, number(name, extent, std::numeric_limits<int>::max()), &size))
        impossible(name);
    const std::uint64_t offset = number(name, entry.at("offset"), bytes_.size());
    if (size > bytes_.size() - offset || size > left_) impossible(name);
    left_ -= size;
    return std::span(bytes_).subspan(offset, size);
  }
  std::uint64_t number(const std::string& name, const Json& json, std::uint64_t most) const {
    if (!json.is_number_unsigned() || json.get<std::uint64_t>() > most) impossible(name);
    return json.get<std::uint64_t>();
  }
  [[noreturn]] void impossible(const std::string& name) const {
    refuse(path_, "says of " + one_line(name) + " what its size does not bear out");
  }

  const std::string& bytes_;
  const std::filesystem::path& path_;
  std::uint64_t left_;
};

}  // namespace

void StateFile::save(const std::filesystem::path& path) const {
  const auto lock = hdf5_lock();
  const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "HDF5 has no memory");
  H5Pset_fapl_core(access, 1 << 20, 0);  // in memory; written as one image
  const Hdf5Handle file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access), H5Fclose,
                        path.string() + ": HDF5 could not make a file in memory");
  Json index = {{"arrays", Json::object()}, {"texts", Json::object()}};
  for (const auto& [name, array] : arrays)
    index["arrays"][name] = {
        {"shape", array.shape},
        {"offset", write_dataset(file, "arrays/" + name, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT,
                                 {array.shape.begin(), array.shape.end()}, array.values.data(), path)}};
  // Texts are data sets and not attributes: attributes end at 64 KiB.
  for (const auto& [name, value] : texts)
    index["texts"][name] = {{"shape", Json::array({value.size()})},
                            {"offset", write_dataset(file, "text/" + name, H5T_NATIVE_CHAR, H5T_NATIVE_CHAR,
                                                     {value.size()}, value.data(), path)}};
  require(H5Fflush(file, H5F_SCOPE_GLOBAL) >= 0, path, "flush");
  const ssize_t size = H5Fget_file_image(file, nullptr, 0);
  require(size > 0, path, "make an image");
  std::string bytes(static_cast<std::size_t>(size), '\0');
  require(H5Fget_file_image(file, bytes.data(), bytes.size()) == size, path, "make an image");
  const std::string text = index.dump();
  bytes += text;
  Tail tail;
  tail.index_size = text.size();
  tail.hash = hash_of(bytes, tail.index_size);
  std::memcpy(tail.mark, kMark, sizeof tail.mark);
  bytes.append(reinterpret_cast<const char*>(&tail), sizeof tail);
  write_file_atomically(path, bytes);
}

StateFile StateFile::load(const std::filesystem::path& path) {
  StateFile state = parse(read_file(path, kMostBytes), path);
  state.source_ = path.string();
  return state;
}

StateFile StateFile::parse(std::string bytes, const std::filesystem::path& path) {
  Tail tail;
  if (bytes.size() >= sizeof tail) std::memcpy(&tail, bytes.data() + bytes.size() - sizeof tail, sizeof tail);
  if (std::memcmp(tail.mark, kMark, sizeof tail.mark) != 0)
    refuse(path, "is no model or checkpoint of this version of genretrack, or was cut short");
  bytes.resize(bytes.size() - sizeof tail);
  if (tail.index_size > bytes.size() || hash_of(bytes, tail.index_size) != tail.hash)
    refuse(path, "is damaged: its content does not match its hash");
  StateFile state;
  try {
    const Json index = Json::parse(bytes.end() - static_cast<std::ptrdiff_t>(tail.index_size), bytes.end());
    bytes.resize(bytes.size() - tail.index_size);
    Image image(bytes, path);
    for (const auto& [name, entry] : index.at("arrays").items())
      state.arrays[name] = image.array(name, entry);
    for (const auto& [name, entry] : index.at("texts").items()) state.texts[name] = image.text(name, entry);
  } catch (const Json::exception&) {
    refuse(path, "is damaged: its index is not readable");
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
