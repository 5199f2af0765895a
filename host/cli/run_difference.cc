#include "host/cli/run_difference.h"

#include <spdlog/fmt/fmt.h>

#include <charconv>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "host/core/csv.h"
#include "host/core/error.h"
#include "host/core/files.h"
#include "host/train/run_folder.h"

namespace genretrack {
namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

constexpr std::size_t kNamedChanges = 5;

double number_of(const std::string& text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// The first cell that differs, in words, and the largest difference of two numbers in one place.
void describe_difference(const std::string& there, const std::string& here, Json& report) {
  report["difference"] = "predictions.csv differs in its lines or columns";
  report["largest_difference"] = nullptr;
  CsvTable old_table, new_table;
  try {
    old_table = parse_csv(there, "predictions.csv of the run");
    new_table = parse_csv(here, "predictions.csv");
  } catch (const Error& error) {
    report["difference"] = error.what();
    return;
  }
  if (old_table.header != new_table.header || old_table.rows.size() != new_table.rows.size()) return;
  double largest = 0;
  std::string first;
  for (std::size_t r = 0; r < old_table.rows.size(); ++r)
    for (std::size_t c = 0; c < old_table.header.size(); ++c) {
      const std::string &a = old_table.rows[r].fields[c], &b = new_table.rows[r].fields[c];
      if (a == b) continue;
      if (first.empty())
        first =
            fmt::format("predictions.csv differs first in line {}, clip {}, column {}: {} in the run, {} now",
                        old_table.rows[r].line, old_table.rows[r].fields.at(1), old_table.header[c], a, b);
      if (c >= 3) largest = std::max(largest, std::abs(number_of(a) - number_of(b)));
    }
  if (first.empty()) return;
  report["difference"] = first + fmt::format("; the largest difference is {:.2g}", largest);
  report["largest_difference"] = largest;
}

// "threads: 2 in the run, 1 now" for what the two environments have under a key.
void compare_value(const Json& there, const Json& here, const std::string& key, Json& changes) {
  const nlohmann::json::json_pointer at("/" + key);
  const nlohmann::json a = nlohmann::json(there), b = nlohmann::json(here);
  const std::string old_value = a.contains(at) ? a.at(at).dump() : "unknown",
                    new_value = b.contains(at) ? b.at(at).dump() : "unknown";
  if (old_value != new_value)
    changes.push_back(fmt::format("{}: {} in the run, {} now", key, old_value, new_value));
}

using Rows = std::map<std::string, std::vector<std::string>>;  // clip to genre, artist, part, audio_hash

Rows rows_of(const fs::path& split) {
  const CsvTable table = read_csv(split);
  Rows rows;
  for (const CsvTable::Row& row : table.rows) {
    std::vector<std::string>& values = rows[row.fields[table.column("clip")]];
    for (const char* column : {"genre", "artist", "part", "audio_hash"})
      values.push_back(table.find(column) ? row.fields[*table.find(column)] : "");
  }
  return rows;
}

void compare_recordings(const fs::path& there, const fs::path& here, Json& changes) {
  const Rows old_rows = rows_of(there / "split.csv"), new_rows = rows_of(here / "split.csv");
  std::vector<std::string> found;
  for (const auto& [clip, values] : old_rows) {
    const auto now = new_rows.find(clip);
    if (now == new_rows.end()) {
      found.push_back("recording " + clip + " is not there any more");
      continue;
    }
    const std::vector<std::string> names = {"genre", "artist", "part", "sound"};
    for (std::size_t i = 0; i < names.size(); ++i)
      if (!values[i].empty() && values[i] != now->second[i])
        found.push_back("recording " + clip + ": another " + names[i] +
                        (i < 3 ? " (" + values[i] + " in the run, " + now->second[i] + " now)" : ""));
  }
  for (const auto& [clip, values] : new_rows)
    if (!old_rows.contains(clip)) found.push_back("recording " + clip + " is new");
  for (std::size_t i = 0; i < std::min(found.size(), kNamedChanges); ++i) changes.push_back(found[i]);
  if (found.size() > kNamedChanges)
    changes.push_back(fmt::format("and {} more changes of recordings", found.size() - kNamedChanges));
}

bool same_bytes(const fs::path& a, const fs::path& b) {
  std::error_code ignored;
  if (!fs::exists(a, ignored) || !fs::exists(b, ignored)) return false;
  return read_file(a, std::uintmax_t{4} << 30) == read_file(b, std::uintmax_t{4} << 30);
}

}  // namespace

Json compare_trainings(const fs::path& there, const fs::path& here) {
  const std::string old_bytes = read_file(there / "predictions.csv"),
                    new_bytes = read_file(here / "predictions.csv");
  Json report = {{"folder", there.filename().string()},
                 {"equal", old_bytes == new_bytes},
                 {"bytes", old_bytes.size()},
                 {"model_equal", same_bytes(there / "model.h5", here / "model.h5")}};
  if (old_bytes != new_bytes) describe_difference(old_bytes, new_bytes, report);
  Json changes = Json::array();
  const Json old_world = read_json_file(there / "environment.json"),
             new_world = read_json_file(here / "environment.json");
  for (const char* key :
       {"genretrack", "compiler", "device/name", "device/description", "threads", "implementations"})
    compare_value(old_world, new_world, key, changes);
  compare_recordings(there, here, changes);
  report["changes"] = changes;
  return report;
}

}  // namespace genretrack
