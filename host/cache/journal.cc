#include "host/cache/journal.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cerrno>
#include <charconv>
#include <limits>
#include <string>
#include <vector>

#include "host/core/error.h"
#include "host/core/files.h"
#include "host/core/xxh3.h"

namespace genretrack {
namespace {

// Lines are "<kind> <hex number>... <hash of all before>".
std::string body_of(char kind, const std::vector<std::uint64_t>& numbers) {
  std::string body(1, kind);
  for (const std::uint64_t number : numbers) body += ' ' + hex(number);
  return body;
}

constexpr std::size_t kNumber = 17;  // a space and 16 digits

// The numbers of a line, empty for one that is not whole.
std::vector<std::uint64_t> numbers_of(std::string_view line) {
  if (line.size() < 1 + kNumber || (line.size() - 1) % kNumber != 0) return {};
  std::vector<std::uint64_t> numbers;
  for (std::size_t at = 1; at < line.size(); at += kNumber) {
    std::uint64_t number = 0;
    const char *first = line.data() + at + 1, *last = line.data() + at + kNumber;
    if (line[at] != ' ' || std::from_chars(first, last, number, 16).ptr != last) return {};
    numbers.push_back(number);
  }
  if (XXH3_64bits(line.data(), line.size() - kNumber) != numbers.back()) return {};
  numbers.pop_back();
  return numbers;
}

}  // namespace

Journal::Journal(const std::filesystem::path& path) : path_(path) {
  lock();
  read();
}

void Journal::lock() {
  for (;;) {
    file_ = Descriptor(::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
    if (!file_.is_open()) fail_on_file(path_, "make the journal of the build", errno);
    if (::flock(file_.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno == EINTR) continue;
      if (errno == EWOULDBLOCK) {
        const std::filesystem::path target = std::filesystem::path(path_).replace_extension();
        throw Error(ErrorKind::kData, target.string() +
                                          ": another program is building this feature cache; wait until it "
                                          "is done, or name another file with -o");
      }
      fail_on_file(path_, "lock", errno);
    }
    // The one who held the lock may have removed the file meanwhile: then the lock is of a file without name.
    struct stat mine = {}, named = {};
    if (::fstat(file_.get(), &mine) == 0 && ::stat(path_.c_str(), &named) == 0 &&
        mine.st_ino == named.st_ino && mine.st_dev == named.st_dev)
      return;
  }
}

void Journal::read() {
  // About 190 bytes a clip, whatever their number.
  const std::string text = read_file(path_, std::numeric_limits<std::uintmax_t>::max());
  std::string_view rest(text);
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const std::vector<std::uint64_t> n = numbers_of(line);
    if (line.starts_with('P') && n.size() == 2) keys_ = JournalKeys{n[0], n[1]};
    if (line.starts_with('R') && n.size() == 10)
      rows_[n[0]] = {std::bit_cast<double>(n[1]),
                     n[2],
                     {n[3], n[4], n[5], n[6]},
                     {n[7], static_cast<std::int64_t>(n[8]), n[9]}};
  }
}

void Journal::restart(const JournalKeys& keys) {
  if (::ftruncate(file_.get(), 0) != 0) fail_on_file(path_, "empty", errno);
  keys_.reset();
  rows_.clear();
  write_line(body_of('P', {keys.rows, keys.plan}));
  keys_ = keys;
}

void Journal::append(std::size_t row, const RowFacts& facts) {
  std::vector<std::uint64_t> numbers = {row, std::bit_cast<std::uint64_t>(facts.seconds), facts.audio_hash};
  numbers.insert(numbers.end(), facts.row_hashes.begin(), facts.row_hashes.end());
  numbers.insert(numbers.end(),
                 {facts.file.size, static_cast<std::uint64_t>(facts.file.mtime_ns), facts.file.inode});
  write_line(body_of('R', numbers));
}

void Journal::write_line(const std::string& body) {
  // It begins a line of its own even where the one before was torn.
  const std::string line = "\n" + body + ' ' + hex(XXH3_64bits(body.data(), body.size())) + "\n";
  const std::lock_guard guard(mutex_);
  std::string_view rest(line);
  while (!rest.empty()) {
    const ssize_t put = ::write(file_.get(), rest.data(), rest.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) fail_on_file(path_, "write", put < 0 ? errno : ENOSPC);
    rest.remove_prefix(static_cast<std::size_t>(put));
  }
}

void Journal::remove() {
  ::unlink(path_.c_str());
  file_ = Descriptor();
}

}  // namespace genretrack
