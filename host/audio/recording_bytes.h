// The bytes of a recording's file as libsndfile asks for them, hashed on their way.
#pragma once

#include <sndfile.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "host/core/xxh3.h"

namespace genretrack {

class RecordingBytes {
 public:
  // Borrows the descriptor of a regular file of `size` bytes. `hashing`: whether hash() will be asked for.
  RecordingBytes(int descriptor, std::int64_t size, bool hashing);

  // For sf_open_virtual(), with this object as its user data.
  static SF_VIRTUAL_IO functions();

  // Of a read that failed; 0 where none did. libsndfile takes such a read for the file's end.
  int error() const { return error_; }

  // XXH3 of all bytes of the file. Those that libsndfile read in order are the ones it got, the others are
  // read now. Nothing where they cannot be read; then error() says why.
  std::optional<std::uint64_t> hash();

 private:
  std::int64_t seek(std::int64_t offset, int whence);
  std::int64_t read(std::byte* to, std::int64_t count);
  std::int64_t read_at(std::int64_t from, std::byte* to, std::int64_t count);

  int descriptor_;
  std::int64_t size_, position_ = 0;
  int error_ = 0;
  std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)> hash_{nullptr, XXH3_freeState};
  std::int64_t hashed_ = 0;  // the beginning of the file, up to here
};

}  // namespace genretrack
