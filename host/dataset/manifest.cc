#include "host/dataset/manifest.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <string>

#include "host/core/csv.h"
#include "host/core/error.h"
#include "host/dataset/folders.h"
#include "host/dataset/text.h"

namespace genretrack {
namespace {

namespace fs = std::filesystem;

// One row with its place, for messages.
class RowReader {
 public:
  RowReader(const CsvTable& table, const CsvTable::Row& row) : table_(table), row_(row) {}

  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorKind::kData, table_.source + ":" + std::to_string(row_.line) + ": " + what);
  }
  const std::string& required(const char* column) const {
    const std::string& text = row_.fields[table_.column(column)];
    if (text.empty()) fail(std::string("the ") + column + " is empty; fill it in or remove the line");
    return text;
  }
  std::string optional(const char* column) const {
    const auto found = table_.find(column);
    return found ? row_.fields[*found] : std::string();
  }
  std::optional<int> year() const {
    const std::string text = optional("year");
    if (text.empty()) return std::nullopt;
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 1 || value > 9999)
      fail("the year '" + text + "' is not a whole number from 1 to 9999; correct it or leave it empty");
    return value;
  }
  std::string part() const {
    std::string text = optional("split");
    if (!text.empty() && text != "train" && text != "validation" && text != "test")
      fail("the split '" + text + "' is none of train, validation, test; correct it or leave it empty");
    return text;
  }

 private:
  const CsvTable& table_;
  const CsvTable::Row& row_;
};

// A manifest may come from anywhere. It names recordings in its own folder and below the data root, and
// nothing else: no file of the user's that somebody else thought of is opened or told to be there.
class Places {
 public:
  Places(const fs::path& manifest, const fs::path& data_root) : folders_{folder_of(manifest)} {
    if (!data_root.empty()) folders_.push_back(data_root);
  }

  // Sets the clip's id and path.
  void locate(Clip& clip, const std::string& text, const RowReader& reader) const {
    const fs::path written(text);
    bool belongs = false;
    for (const fs::path& folder : folders_) {
      const fs::path path = (written.is_absolute() ? written : folder / written).lexically_normal();
      const auto home =
          std::ranges::find_if(folders_, [&](const fs::path& f) { return lies_under(path, f); });
      if (home == folders_.end()) continue;
      belongs = true;
      std::error_code ignored;
      if (!fs::exists(path, ignored)) continue;
      clip.path = path;
      clip.id = relative_name(path, *home);
      return;
    }
    if (belongs)
      reader.fail("there is no recording '" + text + "' below " + words() +
                  "; correct the path or remove the line");
    reader.fail("the path '" + text + "' leads out of " + words() +
                "; name a folder that holds the recordings with --data-root or GENRETRACK_DATA");
  }

 private:
  std::string words() const {
    std::string text = "this file's folder";
    if (folders_.size() > 1) text += " and the data root " + folders_[1].string();
    return text;
  }
  std::vector<fs::path> folders_;
};

}  // namespace

std::vector<Clip> read_manifest(const fs::path& path, const fs::path& data_root) {
  const CsvTable table = read_csv(path);
  for (const char* column : {"path", "genre"}) table.column(column);
  const Places places(path, data_root);
  std::vector<Clip> clips;
  std::map<std::string, std::size_t> line_of;
  for (const CsvTable::Row& row : table.rows) {
    const RowReader reader(table, row);
    Clip clip;
    places.locate(clip, reader.required("path"), reader);
    clip.genre = genre_name(reader.required("genre"));
    clip.artist = reader.optional("artist");
    clip.year = reader.year();
    clip.part = reader.part();
    const auto [entry, is_new] = line_of.emplace(clip.id, row.line);
    if (!is_new)
      reader.fail("'" + clip.id + "' is listed in line " + std::to_string(entry->second) +
                  " already; remove one of the two lines");
    clips.push_back(std::move(clip));
  }
  if (clips.empty())
    throw Error(ErrorKind::kData,
                path.string() + ": there is no clip below the header; add lines path,genre");
  return clips;
}

}  // namespace genretrack
