// The bytes of a recording's file as libsndfile asks for them, hashed on their way.
#pragma once

#include <sndfile.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "host/core/xxh3.h"

namespace genretrack {

class RecordingBytes {
 public:
  // What libsndfile is told when it asks for the file's end. Where an mp3 has no length in its first frame,
  // mpg123 takes one from the file's size and the first bit rate, and reading stops there; it has none to
  // take without a size, and one far behind every real end with a size that no file has.
  enum class End { kTrue, kRefused, kFar };

  // Borrows the descriptor of a regular file of `size` bytes, of which libsndfile sees those from `begin` on.
  // `hashing`: whether hash() will be asked for.
  RecordingBytes(int descriptor, std::int64_t begin, std::int64_t size, bool hashing, End end = End::kTrue);

  // For sf_open_virtual(), with this object as its user data.
  static SF_VIRTUAL_IO functions();

  // Of a read that failed; 0 where none did. libsndfile takes such a read for the file's end.
  int error() const { return error_; }

  // How far from `begin` on libsndfile has read by now, and whether that is all. Not where it stands: mpg123
  // goes back before a frame that the file's end cuts.
  std::int64_t reached() const { return reached_; }
  bool reached_end() const { return reached_ >= size_; }

  // XXH3 of all bytes of the file. Those that libsndfile read in order are the ones it got, the others are
  // read now. Nothing where they cannot be read; then error() says why.
  std::optional<std::uint64_t> hash();

 private:
  std::int64_t seek(std::int64_t offset, int whence);
  std::int64_t read(std::byte* to, std::int64_t count);
  std::int64_t read_at(std::int64_t from, std::byte* to, std::int64_t count);

  void hash_to(std::int64_t end);

  int descriptor_;
  End end_;
  std::int64_t begin_, size_;                // the size without what lies before `begin_`
  std::int64_t position_ = 0, reached_ = 0;  // from `begin_`
  int error_ = 0;
  std::optional<Xxh3> hash_;
  std::int64_t hashed_ = 0;  // the beginning of the file, up to here
};

}  // namespace genretrack
