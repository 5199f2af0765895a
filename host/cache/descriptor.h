// A file descriptor that closes itself, and whole reads and writes at an offset.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <utility>

namespace genretrack {

class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  int get() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }

 private:
  int fd_;
};

// Throws Error(kData, "<path>: cannot <doing>: <reason of errno `code`>"), with a remedy where there is one.
[[noreturn]] void fail_on_file(const std::filesystem::path& path, const char* doing, int code);

// All bytes or Error(kData) that names `path`; an end of file before the last byte is an error, too.
void read_at(const Descriptor& file, std::uint64_t offset, std::span<std::byte> bytes,
             const std::filesystem::path& path);
void write_at(const Descriptor& file, std::uint64_t offset, std::span<const std::byte> bytes,
              const std::filesystem::path& path);
// Asks the system to bring these bytes (0: all from the offset on) to the disk from now on, so that syncing
// at the end has little left to do. Does not wait until they are there and promises nothing: a fault shows
// when the file is synced.
void start_writing_back(const Descriptor& file, std::uint64_t offset, std::uint64_t size);

}  // namespace genretrack
