#include "host/dataset/manifest.h"

#include <charconv>
#include <map>
#include <string>

#include "host/core/csv.h"
#include "host/core/error.h"
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

}  // namespace

std::vector<Clip> read_manifest(const fs::path& path) {
  const CsvTable table = read_csv(path);
  for (const char* column : {"path", "genre"}) table.column(column);
  std::vector<Clip> clips;
  std::map<std::string, std::size_t> line_of;
  for (const CsvTable::Row& row : table.rows) {
    const RowReader reader(table, row);
    const fs::path written = fs::path(reader.required("path")).lexically_normal();
    Clip clip;
    clip.id = written.generic_string();
    clip.path = written.is_absolute() ? written : path.parent_path() / written;
    clip.genre = genre_name(reader.required("genre"));
    clip.artist = reader.optional("artist");
    clip.year = reader.year();
    clip.part = reader.part();
    const auto [entry, is_new] = line_of.emplace(clip.id, row.line);
    if (!is_new)
      reader.fail("'" + clip.id + "' is listed in line " + std::to_string(entry->second) +
                  " already; remove one of the two lines");
    std::error_code ignored;
    if (!fs::exists(clip.path, ignored))
      reader.fail("there is no recording '" + clip.path.string() + "'; correct the path or remove the line");
    clips.push_back(std::move(clip));
  }
  if (clips.empty())
    throw Error(ErrorKind::kData,
                path.string() + ": there is no clip below the header; add lines path,genre");
  return clips;
}

}  // namespace genretrack
