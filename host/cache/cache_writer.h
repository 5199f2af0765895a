// A feature cache being built: rows go to their places in an unfinished file beside the target, which takes
// the target's name when all of them stand. docs/cache.md has the mechanism.
#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "host/cache/cache_file.h"
#include "host/cache/journal.h"

namespace genretrack {

class CacheWriter {
 public:
  // `plan` holds every clip's id, path, genre, artist and year, and no hashes yet. Goes on with what an
  // earlier build for the same target left, also where that one was for other clips. Throws Error(kData): no
  // such folder, not writable, no space, the target is none of ours, another program is building it.
  CacheWriter(const std::filesystem::path& target, const CacheHeader& plan);
  // What is finished is kept for the next build; where nothing is, nothing stays behind.
  ~CacheWriter();
  CacheWriter(const CacheWriter&) = delete;
  CacheWriter& operator=(const CacheWriter&) = delete;

  // Rows that an earlier build left and whose bytes are as they were written.
  const std::map<std::size_t, RowFacts>& resumed() const { return resumed_; }

  // Room for conversion, one for each thread that writes.
  using Scratch = std::vector<std::byte>;

  // The four transforms of one clip, indexed by Transform; `facts.row_hashes` are made here. May be called
  // from several threads for different rows. Throws Error(kData) for values that are not finite in the
  // cache's storage, and where the disk is full.
  void write(std::size_t row, const std::array<std::span<const float>, kTransformCount>& values,
             RowFacts facts, Scratch& scratch);
  // A row of another cache with the same rows_key(); false where its bytes are not what its hash says.
  bool copy(std::size_t row, const CacheFile& from, std::size_t from_row, const FileIdentity& file,
            Scratch& scratch);
  // A row of resumed() that is still right.
  void keep(std::size_t row);

  // Every row has been written, copied or kept: makes the file durable and gives it the target's name.
  void finish();
  // The target is right as it is: nothing of this build stays.
  void discard();

 private:
  void resume_or_create();
  void adopt(const CacheFile& old);
  void put_row(Transform transform, std::size_t row, std::span<const std::byte> bytes);
  void note(std::size_t row, const RowFacts& facts);
  std::filesystem::path partial_path(std::uint64_t plan) const;

  std::filesystem::path target_;
  JournalKeys keys_;
  Journal journal_;
  CacheHeader plan_;
  CacheFile file_;
  std::map<std::size_t, RowFacts> resumed_;
  std::vector<std::optional<RowFacts>> done_;  // each element touched by one thread only
  bool over_ = false;
};

// Removes what an unfinished build for `target` left, unless another program is at it or the folder cannot be
// written. Cheap where there is nothing.
void remove_unfinished_build(const std::filesystem::path& target);

}  // namespace genretrack
