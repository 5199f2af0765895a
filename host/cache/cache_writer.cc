#include "host/cache/cache_writer.h"

#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstdio>
#include <unordered_map>

#include "host/cache/half.h"
#include "host/cache/row_check.h"
#include "host/core/error.h"
#include "host/core/files.h"

namespace genretrack {
namespace {

namespace fs = std::filesystem;

fs::path with_suffix(fs::path path, const std::string& suffix) { return path += suffix; }

fs::path folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

// Before the journal is made, so that a mistyped target leaves nothing behind.
const fs::path& checked_target(const fs::path& target) {
  std::error_code ignored;
  if (!fs::is_directory(folder_of(target), ignored))
    throw Error(ErrorKind::kData, target.string() + ": there is no folder " + folder_of(target).string() +
                                      "; make it first or name another file with -o");
  if (fs::is_directory(target, ignored))
    throw Error(ErrorKind::kData, target.string() + ": this is a folder; name a file in it with -o");
  if (fs::exists(target, ignored) && !was_a_cache(target))
    throw Error(ErrorKind::kData, target.string() +
                                      ": this file is not a feature cache and is not replaced; remove it or "
                                      "name another file with -o");
  return target;
}

void sync(const CacheFile& cache) {
  if (::fsync(cache.file.get()) != 0) fail_on_file(cache.path, "sync", errno);
}

// Unfinished files for the target, but the one that is `known`. Only the holder of the lock may do this.
void remove_partials(const fs::path& target, const fs::path& known) {
  const std::string start = target.filename().string() + ".", end = ".partial";
  std::error_code ignored;
  std::vector<fs::path> strays;
  fs::directory_iterator entry(folder_of(target), ignored);
  // A folder that cannot be listed keeps them; they are in nobody's way.
  for (; !ignored && entry != fs::directory_iterator(); entry.increment(ignored)) {
    const std::string file = entry->path().filename().string();
    if (file.size() == start.size() + 16 + end.size() && file.starts_with(start) && file.ends_with(end) &&
        file != known.filename())
      strays.push_back(entry->path());
  }
  for (const fs::path& stray : strays) fs::remove(stray, ignored);
}

}  // namespace

void remove_unfinished_build(const fs::path& target) {
  const fs::path path = with_suffix(target, ".journal");
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return;
  try {
    Journal journal(path);
    remove_partials(target, {});
    journal.remove();
  } catch (const Error&) {
  }
}

CacheWriter::CacheWriter(const fs::path& target, const CacheHeader& plan)
    : target_(checked_target(target)),
      keys_{rows_key(plan), plan_key(plan)},
      journal_(with_suffix(target, ".journal")),
      plan_(plan),
      done_(plan.clips.size()) {
  plan_.files.resize(plan.clips.size());
  try {
    // A build killed between making a file and noting it, or between noting another and removing it, left one
    // that no journal speaks of.
    remove_partials(target_, journal_.keys() ? partial_path(journal_.keys()->plan) : fs::path());
    resume_or_create();
  } catch (...) {
    // Nothing was there before: nothing stays.
    if (!journal_.keys()) {
      remove_partials(target_, {});
      journal_.remove();
    }
    throw;
  }
}

CacheWriter::~CacheWriter() {
  if (over_) return;
  const bool any = std::ranges::any_of(done_, [](const auto& row) { return row.has_value(); });
  if (!any && resumed_.empty()) discard();
}

fs::path CacheWriter::partial_path(std::uint64_t plan) const {
  return with_suffix(target_, "." + hex(plan) + ".partial");
}

void CacheWriter::resume_or_create() {
  const fs::path path = partial_path(keys_.plan);
  const std::optional<JournalKeys> before = journal_.keys();
  std::optional<CacheFile> old;
  if (before && before->rows == keys_.rows) {
    try {
      old = open_cache_file(partial_path(before->plan), Need::kAny);
    } catch (const Error&) {
      // Cut off by a power failure before it was whole: then its rows are computed again.
    }
  }
  if (old && before->plan == keys_.plan && plan_key(old->header) == keys_.plan) {
    file_ = std::move(*old);
    std::vector<std::byte> bytes;
    for (const auto& [row, facts] : journal_.rows())
      if (row < done_.size() && read_stored_row(file_, row, bytes) == facts.row_hashes) resumed_[row] = facts;
    return;
  }
  if (before && before->plan == keys_.plan) ::unlink(path.c_str());
  file_ = create_cache_file(path, plan_);
  if (old) {
    adopt(*old);
  } else {
    journal_.restart(keys_);
  }
  if (before && before->plan != keys_.plan) ::unlink(partial_path(before->plan).c_str());
}

// Rows of an unfinished build for other clips of the same kind. They are all in the new file before the
// journal speaks of it.
void CacheWriter::adopt(const CacheFile& old) {
  std::unordered_map<std::string, std::size_t> rows;
  for (std::size_t i = 0; i < plan_.clips.size(); ++i) rows.emplace(plan_.clips[i].id, i);
  std::vector<std::byte> bytes;
  for (const auto& [old_row, facts] : journal_.rows()) {
    if (old_row >= old.header.clips.size()) continue;
    const auto row = rows.find(old.header.clips[old_row].id);
    if (row == rows.end() || read_stored_row(old, old_row, bytes) != facts.row_hashes) continue;
    std::span<const std::byte> rest(bytes);
    for (const Transform t : kTransforms) {
      const std::size_t size = row_bytes(plan_, t);
      put_row(t, row->second, rest.first(size));
      rest = rest.subspan(size);
    }
    resumed_[row->second] = facts;
  }
  journal_.restart(keys_);
  for (const auto& [row, facts] : resumed_) journal_.append(row, facts);
}

void CacheWriter::write(std::size_t row, const std::array<std::span<const float>, kTransformCount>& values,
                        RowFacts facts, Scratch& scratch) {
  for (const Transform t : kTransforms) {
    const std::span<const float> floats = values[static_cast<std::size_t>(t)];
    std::span<const std::byte> bytes = std::as_bytes(floats);
    if (plan_.storage == Storage::kFloat16) {
      scratch.resize(floats.size() * 2);
      to_half(floats, std::span(reinterpret_cast<std::uint16_t*>(scratch.data()), floats.size()));
      bytes = scratch;
    }
    if (bytes.size() != row_bytes(plan_, t))
      throw Error(ErrorKind::kFailure, "a row of the feature cache was written with another size");
    const RowCheck check = check_row(bytes, plan_.storage);
    if (!check.finite)
      throw Error(ErrorKind::kData, plan_.clips[row].path + ": its " + std::string(name(t)) +
                                        " holds values that cannot be stored; is the recording damaged?");
    put_row(t, row, bytes);
    facts.row_hashes[static_cast<std::size_t>(t)] = check.hash;
  }
  note(row, facts);
}

bool CacheWriter::copy(std::size_t row, const CacheFile& from, std::size_t from_row, const FileIdentity& file,
                       Scratch& scratch) {
  const CachedClip& clip = from.header.clips[from_row];
  if (read_stored_row(from, from_row, scratch) != clip.row_hashes) return false;
  std::span<const std::byte> rest(scratch);
  for (const Transform t : kTransforms) {
    const std::size_t size = row_bytes(plan_, t);
    put_row(t, row, rest.first(size));
    rest = rest.subspan(size);
  }
  note(row, {clip.seconds, clip.audio_hash, clip.row_hashes, file});
  return true;
}

void CacheWriter::put_row(Transform transform, std::size_t row, std::span<const std::byte> bytes) {
  const std::uint64_t offset = file_.row_offset(transform, row);
  write_at(file_.file, offset, bytes, file_.path);
  start_writing_back(file_.file, offset, bytes.size());
}

void CacheWriter::keep(std::size_t row) { done_[row] = resumed_.at(row); }

void CacheWriter::note(std::size_t row, const RowFacts& facts) {
  done_[row] = facts;
  journal_.append(row, facts);
}

void CacheWriter::finish() {
  CacheHeader& h = file_.header;
  h.files.resize(h.clips.size());
  std::array<std::vector<std::uint64_t>, kColumnNames.size()> columns;
  for (std::size_t row = 0; row < done_.size(); ++row) {
    if (!done_[row])
      throw Error(ErrorKind::kFailure, "a feature cache was to be finished without all its rows");
    const RowFacts& facts = *done_[row];
    h.clips[row].seconds = facts.seconds;
    h.clips[row].audio_hash = facts.audio_hash;
    h.clips[row].row_hashes = facts.row_hashes;
    h.files[row] = facts.file;
    const auto put = [&](Column column, std::uint64_t value) {
      columns[static_cast<std::size_t>(column)].push_back(value);
    };
    put(Column::kSeconds, std::bit_cast<std::uint64_t>(facts.seconds));
    put(Column::kAudioHash, facts.audio_hash);
    put(Column::kSize, facts.file.size);
    put(Column::kMtime, static_cast<std::uint64_t>(facts.file.mtime_ns));
    put(Column::kInode, facts.file.inode);
    for (const Transform t : kTransforms) put(hash_column(t), facts.row_hashes[static_cast<std::size_t>(t)]);
  }
  for (std::size_t c = 0; c < columns.size(); ++c)
    write_at(file_.file, file_.columns[c], std::as_bytes(std::span(columns[c])), file_.path);
  const std::uint64_t checksum = header_checksum(h);
  write_at(file_.file, file_.checksum, std::as_bytes(std::span(&checksum, 1)), file_.path);
  sync(file_);
  if (::rename(file_.path.c_str(), target_.c_str()) != 0) fail_on_file(target_, "replace", errno);
  over_ = true;
  sync_folder(folder_of(target_));
  journal_.remove();
}

void CacheWriter::discard() {
  over_ = true;
  ::unlink(file_.path.c_str());
  journal_.remove();
}

}  // namespace genretrack
