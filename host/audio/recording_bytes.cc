#include "host/audio/recording_bytes.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <limits>

namespace genretrack {
namespace {

// Small enough to stay in the cache between reading and hashing.
constexpr std::size_t kBlock = 256 * 1024;

// Of End::kFar, in bytes: no header can count as many frames as an mp3 of this size has. mpg123 looks for a
// tag in the last bytes there.
constexpr std::int64_t kFarEnd = std::int64_t{1} << 50, kLastTag = 128;

RecordingBytes& bytes_of(void* user_data) { return *static_cast<RecordingBytes*>(user_data); }

}  // namespace

RecordingBytes::RecordingBytes(int descriptor, std::int64_t begin, std::int64_t size, bool hashing, End end)
    : descriptor_(descriptor), end_(end), begin_(begin), size_(size - begin) {
  if (!hashing) return;
  hash_.emplace();
  hash_to(begin_);
}

SF_VIRTUAL_IO RecordingBytes::functions() {
  SF_VIRTUAL_IO io{};
  io.get_filelen = [](void* user) { return sf_count_t{bytes_of(user).size_}; };
  io.seek = [](sf_count_t offset, int whence, void* user) {
    return sf_count_t{bytes_of(user).seek(offset, whence)};
  };
  io.read = [](void* to, sf_count_t count, void* user) {
    return sf_count_t{bytes_of(user).read(static_cast<std::byte*>(to), count)};
  };
  io.write = [](const void*, sf_count_t, void*) { return sf_count_t{0}; };
  io.tell = [](void* user) { return sf_count_t{bytes_of(user).position_}; };
  return io;
}

std::int64_t RecordingBytes::seek(std::int64_t offset, int whence) {
  if (whence == SEEK_END && end_ == End::kRefused) return -1;
  const std::int64_t end = end_ == End::kFar ? kFarEnd : size_;
  const std::int64_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? position_ : end;
  std::int64_t to = 0;
  // As lseek() does, it refuses a place before the file's beginning and stays where it was.
  if (__builtin_add_overflow(from, offset, &to) || to < 0) return -1;
  return position_ = to;
}

std::int64_t RecordingBytes::read(std::byte* to, std::int64_t count) {
  if (end_ == End::kFar && position_ >= kFarEnd - kLastTag) {
    const std::int64_t none = std::clamp(kFarEnd - position_, std::int64_t{0}, count);
    std::fill_n(to, none, std::byte{0});
    position_ += none;
    return none;
  }
  const std::int64_t from = begin_ + position_;
  const std::int64_t got = read_at(from, to, count);
  const std::int64_t end = from + got;
  if (hash_ && from <= hashed_ && end > hashed_) {
    hash_->update(std::span(to + (hashed_ - from), static_cast<std::size_t>(end - hashed_)));
    hashed_ = end;
  }
  position_ += got;
  reached_ = std::max(reached_, position_);
  return got;
}

// Fewer only at the file's end and where a read failed.
std::int64_t RecordingBytes::read_at(std::int64_t from, std::byte* to, std::int64_t count) {
  std::int64_t done = 0;
  while (done < count) {
    const ssize_t got = ::pread(descriptor_, to + done, static_cast<std::size_t>(count - done), from + done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) error_ = errno;
    if (got <= 0) break;
    done += got;
  }
  return done;
}

void RecordingBytes::hash_to(std::int64_t end) {
  std::vector<std::byte> block(
      static_cast<std::size_t>(std::clamp<std::int64_t>(begin_ + size_ - hashed_, 1, std::int64_t{kBlock})));
  while (hashed_ < end) {
    const std::int64_t wanted = std::min(end - hashed_, static_cast<std::int64_t>(block.size()));
    const std::int64_t got = read_at(hashed_, block.data(), wanted);
    if (got == 0) break;
    hash_->update(std::span(block).first(static_cast<std::size_t>(got)));
    hashed_ += got;
  }
}

std::optional<std::uint64_t> RecordingBytes::hash() {
  error_ = 0;
  // To the end that the file has by now, which a growing file moves.
  hash_to(std::numeric_limits<std::int64_t>::max());
  if (error_ != 0) return std::nullopt;
  return hash_->digest();
}

}  // namespace genretrack
