#include "host/core/files.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "host/core/error.h"

namespace genretrack {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path, const char* doing, int code) {
  throw Error(ErrorKind::kData, path.string() + ": cannot " + doing + ": " + std::strerror(code));
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

// Errors name the target, which the caller knows, and not the temporary file beside it.
void write_and_sync(const std::filesystem::path& temporary, std::string_view bytes,
                    const std::filesystem::path& path) {
  const Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (file.get() < 0) fail(path, "create", errno);
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(path, "write", errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(file.get()) != 0) fail(path, "sync", errno);
}

}  // namespace

void read_in_pieces(const std::filesystem::path& path, const std::function<void(std::string_view)>& take) {
  // Without O_NONBLOCK a named pipe would wait for a writer for ever.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (file.get() < 0) fail(path, "read", errno);
  std::string piece(1 << 20, '\0');
  for (;;) {
    const ssize_t got = ::read(file.get(), piece.data(), piece.size());
    if (got < 0 && errno == EAGAIN) {
      pollfd waiting{file.get(), POLLIN, 0};
      ::poll(&waiting, 1, -1);
      continue;
    }
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(path, "read", errno);
    if (got == 0) return;
    take(std::string_view(piece).substr(0, static_cast<std::size_t>(got)));
  }
}

std::string read_file(const std::filesystem::path& path, std::uintmax_t most_bytes) {
  const auto check = [&](std::uintmax_t size) {
    if (size > most_bytes)
      throw Error(ErrorKind::kData, path.string() + ": is larger than the " +
                                        std::to_string(most_bytes >> 20) +
                                        " MB that such a file can have; is it the right one?");
  };
  // A sparse file says what it is before its zeros are read.
  struct stat status = {};
  if (::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode))
    check(static_cast<std::uintmax_t>(status.st_size));
  std::string content;
  read_in_pieces(path, [&](std::string_view piece) {
    check(content.size() + piece.size());
    content += piece;
  });
  return content;
}

void write_file_atomically(const std::filesystem::path& path, std::string_view bytes) {
  std::filesystem::path temporary = path;
  temporary += ".";
  temporary += std::to_string(::getpid());
  temporary += ".tmp";
  try {
    write_and_sync(temporary, bytes, path);
    if (::rename(temporary.c_str(), path.c_str()) != 0) fail(path, "replace", errno);
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
  sync_folder(path.has_parent_path() ? path.parent_path() : std::filesystem::path("."));
}

void sync_folder(const std::filesystem::path& folder) {
  const Descriptor handle(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (handle.get() < 0) fail(folder, "open", errno);
  // Some file systems have no fsync for folders and say EINVAL; there is nothing better to do there.
  if (::fsync(handle.get()) != 0 && errno != EINVAL) fail(folder, "sync", errno);
}

std::string why_not_a_file_name(std::string_view name) {
  if (name.empty()) return "it is empty";
  if (name == "." || name == "..") return "it means a folder";
  if (name.size() > 200) return "it is longer than 200 bytes";
  for (const char c : name) {
    if (c == '/') return "it contains a slash";
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return "it contains a control character";
  }
  return {};
}

}  // namespace genretrack
