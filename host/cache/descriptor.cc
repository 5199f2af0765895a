#include "host/cache/descriptor.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "host/core/error.h"

namespace genretrack {

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

void fail_on_file(const std::filesystem::path& path, const char* doing, int code) {
  std::string message = path.string() + ": cannot " + doing + ": " + std::strerror(code);
  if (code == ENOSPC || code == EDQUOT) message += "; free some space or name a target on another disk";
  if (code == EACCES || code == EPERM) message += "; check its permissions and those of its folder";
  if (code == EROFS) message += "; name a target on another disk";
  if (code == ENOENT || code == ENOTDIR || code == ELOOP || code == ENAMETOOLONG)
    message += "; is the path right?";
  if (code == EIO) message += "; is the disk failing?";
  throw Error(ErrorKind::kData, message);
}

void read_at(const Descriptor& file, std::uint64_t offset, std::span<std::byte> bytes,
             const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t got = ::pread(file.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail_on_file(path, "read", errno);
    if (got == 0) throw Error(ErrorKind::kData, path.string() + ": ends before its last row");
    bytes = bytes.subspan(static_cast<std::size_t>(got));
    offset += static_cast<std::uint64_t>(got);
  }
}

void write_at(const Descriptor& file, std::uint64_t offset, std::span<const std::byte> bytes,
              const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t put = ::pwrite(file.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) fail_on_file(path, "write", put < 0 ? errno : ENOSPC);
    bytes = bytes.subspan(static_cast<std::size_t>(put));
    offset += static_cast<std::uint64_t>(put);
  }
}

void start_writing_back(const Descriptor& file, std::uint64_t offset, std::uint64_t size) {
  ::sync_file_range(file.get(), static_cast<off_t>(offset), static_cast<off_t>(size), SYNC_FILE_RANGE_WRITE);
}

}  // namespace genretrack
