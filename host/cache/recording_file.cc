#include "host/cache/recording_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <thread>

#include "host/cache/descriptor.h"
#include "host/core/error.h"
#include "host/core/xxh3.h"

namespace genretrack {
namespace {

// Small enough to stay in the cache between reading and hashing.
constexpr std::size_t kBlock = 256 * 1024;

}  // namespace

std::optional<FileIdentity> identity_of(const std::filesystem::path& path) {
  struct stat status = {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return FileIdentity{static_cast<std::uint64_t>(status.st_size),
                      std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec,
                      static_cast<std::uint64_t>(status.st_ino)};
}

std::optional<FileIdentity> settled_identity_of(const std::filesystem::path& path) {
  // Linux stamps files with a clock of 1 to 10 ms.
  constexpr std::chrono::nanoseconds kTick = std::chrono::milliseconds(20);
  constexpr int kMostWaits = 5;  // somebody may write all the time
  std::optional<FileIdentity> file = identity_of(path);
  for (int wait = 0; file && wait < kMostWaits; ++wait) {
    const auto age =
        std::chrono::system_clock::now().time_since_epoch() - std::chrono::nanoseconds(file->mtime_ns);
    if (age < std::chrono::nanoseconds(0) || age >= kTick) break;
    std::this_thread::sleep_for(kTick - age);
    file = identity_of(path);
  }
  return file;
}

std::uint64_t hash_file(const std::filesystem::path& path, std::vector<std::byte>& buffer) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.is_open()) fail_on_file(path, "open", errno);
  // A device can be without end.
  struct stat status = {};
  if (::fstat(file.get(), &status) != 0) fail_on_file(path, "examine", errno);
  if (!S_ISREG(status.st_mode))
    throw Error(ErrorKind::kData, path.string() + ": this is not a regular file; name a recording on disk");
  buffer.resize(kBlock);
  Xxh3 hash;
  for (;;) {
    const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail_on_file(path, "read", errno);
    if (got == 0) return hash.digest();
    hash.update(std::span(buffer).first(static_cast<std::size_t>(got)));
  }
}

}  // namespace genretrack
