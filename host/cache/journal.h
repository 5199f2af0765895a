// The record, beside a cache that is being built, of the rows that stand already. Its lock says who builds.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>

#include "host/cache/cache_header.h"
#include "host/cache/descriptor.h"

namespace genretrack {

// All that a finished row adds to what was known before.
struct RowFacts {
  double seconds = 0;
  std::uint64_t audio_hash = 0;
  RowHashes row_hashes{};
  FileIdentity file;
};

struct JournalKeys {
  std::uint64_t rows = 0, plan = 0;
  bool operator==(const JournalKeys&) const = default;
};

// One text line per row, closed by a hash of the line, so that a torn or garbled one is ignored. Lines are
// never waited for: after a power cut the journal may say more than the rows hold, and whoever resumes
// believes a line only if the row's bytes hash to what it says.
class Journal {
 public:
  // Takes the lock. Throws Error(kData) where another program holds it or the folder cannot be written.
  explicit Journal(const std::filesystem::path& path);

  // What an earlier build left; nothing where it left nothing that can be read.
  const std::optional<JournalKeys>& keys() const { return keys_; }
  const std::map<std::size_t, RowFacts>& rows() const { return rows_; }

  // Forgets all that was there.
  void restart(const JournalKeys& keys);
  // May be called from several threads.
  void append(std::size_t row, const RowFacts& facts);
  // Ends the build: the file goes, and with it the lock.
  void remove();

 private:
  void lock();
  void read();
  void write_line(const std::string& body);

  std::filesystem::path path_;
  Descriptor file_;
  std::optional<JournalKeys> keys_;
  std::map<std::size_t, RowFacts> rows_;
  std::mutex mutex_;
};

}  // namespace genretrack
