#include "host/dataset/fma.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <map>
#include <set>

#include "host/core/csv.h"
#include "host/core/error.h"
#include "host/dataset/folders.h"
#include "host/dataset/text.h"

namespace genretrack {
namespace {

namespace fs = std::filesystem;
using TrackId = std::uint32_t;

constexpr std::array kAudioFolders = {"fma_small", "fma_medium", "fma_large", "fma_full"};

[[noreturn]] void fail(const fs::path& place, const std::string& what) {
  throw Error(ErrorKind::kData, place.string() + ": " + what);
}

std::optional<TrackId> number_of(std::string_view text) {
  TrackId value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}
bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

// Three digits, as in 000/000002.mp3.
bool holds_tracks(const fs::path& folder) {
  return std::ranges::any_of(list_folder(folder), [](const fs::path& path) {
    return path.filename().string().size() == 3 && number_of(path.filename().string()) && is_folder(path);
  });
}

fs::path audio_folder(const fs::path& base) {
  std::vector<std::string> found;
  for (const char* name : kAudioFolders)
    if (is_folder(base / name)) found.push_back((base / name).string());
  if (found.size() == 1) return found.front();
  if (found.empty() && holds_tracks(base)) return base;
  if (found.empty())
    fail(base,
         "there are FMA's metadata here but no recordings; unpack fma_small.zip, fma_medium.zip, "
         "fma_large.zip or fma_full.zip beside fma_metadata");
  fail(base, "there are several sets of FMA's recordings here; name one: " + join(found));
}

// A manifest of any name has a name for its first column; FMA's first line has none.
bool is_tracks_table(const fs::path& path) {
  if (path.filename() != "tracks.csv" || !is_file(path)) return false;
  return std::ifstream(path).get() == ',';
}

// A column under its two header lines, as in track, genre_top.
class Columns {
 public:
  Columns(const std::string& source, std::vector<std::string> groups, const std::vector<std::string>& names)
      : source_(source), groups_(std::move(groups)), names_(names) {
    if (groups_.size() != names_.size())
      fail(source_, "its two header lines have different lengths; is this FMA's tracks.csv?");
  }
  std::size_t size() const { return names_.size(); }
  std::optional<std::size_t> find(std::string_view group, std::string_view name) const {
    for (std::size_t i = 0; i < names_.size(); ++i)
      if (groups_[i] == group && names_[i] == name) return i;
    return std::nullopt;
  }
  std::size_t column(const std::string& group, const std::string& name) const {
    if (const auto found = find(group, name)) return *found;
    fail(source_, "there is no column '" + name + "' under '" + group + "'; is this FMA's tracks.csv?");
  }

 private:
  std::string source_;
  std::vector<std::string> groups_, names_;
};

// "2009-01-05 00:00:00"
std::optional<int> year_of(const std::string& date) {
  const auto year = number_of(std::string_view(date).substr(0, 4));
  if (!year || *year < 1 || (date.size() > 4 && date[4] != '-')) return std::nullopt;
  return static_cast<int>(*year);
}

std::string one_line(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  return text;
}

class TracksReader {
 public:
  TracksReader(const FmaPlace& place, Dataset& dataset) : place_(place), dataset_(dataset) {
    std::vector<fs::path> recordings;
    find_recordings(place.audio, recordings);
    for (const fs::path& path : recordings) {
      const auto id = number_of(path.stem().string());
      if (!id) {
        ++strangers_;
        continue;
      }
      const auto [entry, is_new] = audio_.emplace(*id, path);
      if (!is_new)
        fail(path, "this track is there as " + entry->second.string() + ", too; remove one of the two");
    }
  }

  void read() {
    scan_csv(place_.tracks, [&](std::size_t line, std::vector<std::string>& fields) { take(line, fields); });
    if (!columns_) fail(place_.tracks, "there are not two header lines; is this FMA's tracks.csv?");
    std::ranges::sort(dataset_.clips, {}, &Clip::id);
    note();
  }

 private:
  [[noreturn]] void fail_at(std::size_t line, const std::string& what) const {
    throw Error(ErrorKind::kData, place_.tracks.string() + ":" + std::to_string(line) + ": " + what);
  }

  void take(std::size_t line, std::vector<std::string>& fields) {
    if (groups_.empty()) {
      groups_ = std::move(fields);
    } else if (!columns_) {
      columns_.emplace(place_.tracks.string(), std::move(groups_), fields);
      groups_ = {"read"};
      genre_ = columns_->column("track", "genre_top");
      split_ = columns_->column("set", "split");
      artist_ = columns_->column("artist", "name");
      artist_id_ = columns_->find("artist", "id");
      released_ = columns_->column("album", "date_released");
    } else if (fields.size() != columns_->size()) {
      fail_at(line, std::to_string(fields.size()) + " fields, but the header lines have " +
                        std::to_string(columns_->size()) + "; download fma_metadata.zip again");
    } else if (fields[0] != "track_id") {  // the third header line
      take_track(line, fields);
    }
  }

  void take_track(std::size_t line, std::vector<std::string>& fields) {
    const auto id = number_of(fields[0]);
    if (!id) fail_at(line, "'" + fields[0] + "' is no number of a track; download fma_metadata.zip again");
    ++tracks_;
    const auto found = audio_.find(*id);
    if (found == audio_.end()) return;
    if (!seen_.insert(*id).second) fail_at(line, "track " + fields[0] + " is listed twice; remove one line");
    if (fields[genre_].empty()) {
      ++without_genre_;
      return;
    }
    Clip clip;
    clip.path = found->second;
    clip.id = relative_name(clip.path, place_.audio);
    clip.genre = genre_name(one_line(std::move(fields[genre_])));
    clip.artist = one_line(std::move(fields[artist_]));
    if (clip.artist.empty() && artist_id_ && !fields[*artist_id_].empty())
      clip.artist = "artist " + one_line(fields[*artist_id_]);
    clip.year = year_of(fields[released_]);
    clip.part = part_of(line, fields[split_]);
    dataset_.clips.push_back(std::move(clip));
  }

  std::string part_of(std::size_t line, const std::string& split) const {
    if (split == "training") return "train";
    if (split.empty() || split == "validation" || split == "test") return split;
    fail_at(line, "the split '" + split + "' is none of training, validation, test");
  }

  void note() const {
    const std::size_t present = seen_.size();
    dataset_.notes.push_back(count_of(present, "track") + " of " + std::to_string(tracks_) +
                             " in tracks.csv " + (present == 1 ? "has its" : "have their") +
                             " recording here");
    if (without_genre_ > 0)
      dataset_.notes.push_back(count_of(without_genre_, "recording") + " without a top genre left out");
    if (audio_.size() > present || strangers_ > 0)
      dataset_.notes.push_back(count_of(audio_.size() - present + strangers_, "recording") +
                               " not in tracks.csv left out");
  }

  const FmaPlace& place_;
  Dataset& dataset_;
  std::map<TrackId, fs::path> audio_;
  std::set<TrackId> seen_;
  std::vector<std::string> groups_;
  std::optional<Columns> columns_;
  std::size_t genre_ = 0, split_ = 0, artist_ = 0, released_ = 0;
  std::optional<std::size_t> artist_id_;
  std::size_t tracks_ = 0, without_genre_ = 0, strangers_ = 0;
};

}  // namespace

std::optional<FmaPlace> find_fma(const fs::path& path) {
  const fs::path whole = fs::absolute(path).lexically_normal();
  const fs::path folder = whole.has_filename() ? whole : whole.parent_path();
  if (is_tracks_table(path)) {
    const fs::path base = folder.parent_path().filename() == "fma_metadata"
                              ? folder.parent_path().parent_path()
                              : folder.parent_path();
    return FmaPlace{path, audio_folder(base)};
  }
  if (!is_folder(path)) return std::nullopt;
  if (is_tracks_table(path / "fma_metadata" / "tracks.csv"))
    return FmaPlace{path / "fma_metadata" / "tracks.csv", audio_folder(path)};
  const fs::path beside = folder.parent_path() / "fma_metadata" / "tracks.csv";
  if (std::ranges::find(kAudioFolders, folder.filename().string()) != kAudioFolders.end() &&
      is_tracks_table(beside))
    return FmaPlace{beside, path};
  return std::nullopt;
}

void read_fma(const FmaPlace& place, Dataset& dataset) {
  const fs::path whole = fs::absolute(place.audio).lexically_normal();
  dataset.name = (whole.has_filename() ? whole : whole.parent_path()).filename().string();
  dataset.root = place.audio;
  TracksReader(place, dataset).read();
}

}  // namespace genretrack
