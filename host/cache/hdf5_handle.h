// HDF5's identifiers as objects that close themselves.
#pragma once

#include <hdf5.h>

#include <mutex>
#include <string>
#include <utility>

#include "host/core/error.h"

namespace genretrack {

class Hdf5Handle {
 public:
  // Takes an identifier just made; throws Error(kData, what) where HDF5 gave none.
  Hdf5Handle(hid_t id, herr_t (*closer)(hid_t), const std::string& what) : id_(id), close_(closer) {
    if (id_ < 0) throw Error(ErrorKind::kData, what);
  }
  ~Hdf5Handle() {
    if (id_ >= 0) close_(id_);
  }
  Hdf5Handle(Hdf5Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Hdf5Handle& operator=(Hdf5Handle&&) = delete;
  operator hid_t() const { return id_; }
  // For a file being written, whose closing may fail.
  bool close() { return close_(std::exchange(id_, -1)) >= 0; }

 private:
  hid_t id_;
  herr_t (*close_)(hid_t);
};

// Held by whoever calls HDF5, whose library is not safe to use from two threads. Its own messages, which say
// nothing to a user, are switched off, and so is its cleaning up at exit: every handle is closed by then, and
// HDF5 1.10 was seen to crash there over what a damaged file had left behind.
inline std::unique_lock<std::mutex> hdf5_lock() {
  static std::mutex mutex;
  std::unique_lock lock(mutex);
  static const herr_t no_cleaning = H5dont_atexit();
  static_cast<void>(no_cleaning);
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  return lock;
}

// Little-endian float32, or float16, which HDF5 has no name for.
inline Hdf5Handle stored_type(bool half) {
  Hdf5Handle type(H5Tcopy(H5T_IEEE_F32LE), H5Tclose, "HDF5 has no float type");
  if (half) {
    H5Tset_fields(type, 15, 10, 5, 0, 10);
    H5Tset_size(type, 2);
    H5Tset_ebias(type, 15);
  }
  return type;
}

}  // namespace genretrack
