#include "host/dataset/gtzan.h"

#include <charconv>
#include <functional>
#include <map>

#include "host/core/csv.h"

namespace genretrack {

extern const std::string_view kGtzanCsv;

namespace {

using Table = std::map<std::string, GtzanClip, std::less<>>;

Table read_table() {
  const CsvTable csv = parse_csv(kGtzanCsv, "data/gtzan.csv");
  const std::size_t clip = csv.column("clip"), genre = csv.column("genre"), artist = csv.column("artist"),
                    year = csv.column("year"), list = csv.column("fault_filtered"),
                    fold = csv.column("artist_fold"), replica = csv.column("replica_of");
  Table table;
  for (const CsvTable::Row& row : csv.rows) {
    GtzanClip entry{row.fields[clip], row.fields[genre], row.fields[artist], {},
                    row.fields[list], row.fields[fold],  row.fields[replica]};
    const std::string& text = row.fields[year];
    int value = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc()) entry.year = value;
    table.emplace(entry.clip, std::move(entry));
  }
  return table;
}

}  // namespace

const GtzanClip* find_gtzan_clip(std::string_view stem, std::string_view genre) {
  static const Table table = read_table();
  const auto found = table.find(stem);
  return found == table.end() || found->second.genre != genre ? nullptr : &found->second;
}

}  // namespace genretrack
