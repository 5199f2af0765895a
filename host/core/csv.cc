#include "host/core/csv.h"

#include <csv.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <system_error>
#include <utility>

#include "host/core/error.h"
#include "host/core/files.h"
#include "host/core/utf8.h"

namespace genretrack {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

[[noreturn]] void fail(const std::string& source, std::size_t line, const std::string& what) {
  throw Error(ErrorKind::kData, source + ":" + std::to_string(line) + ": " + what);
}

std::string count(std::size_t n, const char* thing) {
  return std::to_string(n) + " " + thing + (n == 1 ? "" : "s");
}

// Feeds libcsv one physical line at a time, because its callbacks do not say where in the text they are.
class Reader {
 public:
  explicit Reader(std::string source) {
    table_.source = std::move(source);
    if (csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI) != 0)
      throw Error(ErrorKind::kFailure, "the CSV parser did not start");
  }
  ~Reader() { csv_free(&parser_); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  CsvTable read(std::string_view text) {
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    for (line_ = 1; !text.empty(); ++line_) {
      const std::string_view line = text.substr(0, line_length(text));
      text.remove_prefix(line.size());
      feed(line);
    }
    if (csv_fini(&parser_, on_field, on_row, this) != 0)
      fail(table_.source, row_line_,
           "a quote opens here and is never closed; close it, or write \"\" for one");
    take_row();
    if (!have_header_) fail(table_.source, 1, "there is no header line; the first line names the columns");
    return std::move(table_);
  }

 private:
  static std::size_t line_length(std::string_view text) {
    const std::size_t end = text.find_first_of("\r\n");
    if (end == std::string_view::npos) return text.size();
    return end + (text.substr(end).starts_with("\r\n") ? 2 : 1);
  }

  void feed(std::string_view line) {
    if (!is_utf8(line)) fail(table_.source, line_, "this line is not UTF-8 text; save the file as UTF-8");
    if (!in_row_) {
      row_line_ = line_;
      in_row_ = line.find_first_not_of(" \t\r\n") != std::string_view::npos;
    }
    if (csv_parse(&parser_, line.data(), line.size(), on_field, on_row, this) != line.size())
      fail(table_.source, line_,
           "a quote stands inside a field; put the whole field in quotes and double it");
    take_row();
  }

  static void on_field(void* bytes, std::size_t size, void* self) {
    static_cast<Reader*>(self)->fields_.emplace_back(static_cast<const char*>(bytes), size);
  }
  static void on_row(int, void* self) { static_cast<Reader*>(self)->row_ended_ = true; }

  // Exceptions must not pass through the C library, so rows are judged after it has returned.
  void take_row() {
    if (!row_ended_) return;
    row_ended_ = in_row_ = false;
    if (!have_header_) {
      table_.header = std::exchange(fields_, {});
      have_header_ = true;
      std::set<std::string_view> seen;
      for (const std::string& name : table_.header)
        if (!seen.insert(name).second)
          fail(table_.source, row_line_, "the column '" + name + "' is named twice");
      return;
    }
    if (fields_.size() != table_.header.size())
      fail(table_.source, row_line_,
           count(fields_.size(), "field") + ", but the header names " +
               count(table_.header.size(), "column") + "; a field with a comma needs quotes");
    table_.rows.push_back({row_line_, std::exchange(fields_, {})});
  }

  csv_parser parser_{};
  CsvTable table_;
  std::vector<std::string> fields_;
  std::size_t line_ = 1, row_line_ = 1;
  bool in_row_ = false, row_ended_ = false, have_header_ = false;
};

template <class Number>
std::string shortest(Number value) {
  std::array<char, 64> text;
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) throw Error(ErrorKind::kFailure, "a number did not fit its text");
  return std::string(text.data(), end);
}

bool needs_quotes(std::string_view field, bool alone) {
  // The parser drops spaces around bare fields, and a line without any text is no row.
  constexpr std::string_view kSpace = " \t";
  if (field.empty()) return alone;
  return field.find_first_of(",\"\r\n") != std::string_view::npos ||
         kSpace.find(field.front()) != std::string_view::npos ||
         kSpace.find(field.back()) != std::string_view::npos;
}

}  // namespace

std::optional<std::size_t> CsvTable::find(std::string_view column) const {
  const auto found = std::find(header.begin(), header.end(), column);
  if (found == header.end()) return std::nullopt;
  return static_cast<std::size_t>(found - header.begin());
}

std::size_t CsvTable::column(std::string_view column) const {
  if (const auto found = find(column)) return *found;
  std::string names;
  for (const std::string& name : header) names += (names.empty() ? "'" : ", '") + name + "'";
  throw Error(ErrorKind::kData,
              source + ": there is no column '" + std::string(column) + "'; the columns are " + names);
}

CsvTable parse_csv(std::string_view text, std::string source) { return Reader(std::move(source)).read(text); }

CsvTable read_csv(const std::filesystem::path& path) { return parse_csv(read_file(path), path.string()); }

std::string csv_line(std::span<const std::string> fields) {
  std::string line;
  for (const std::string& field : fields) {
    if (&field != fields.data()) line += ',';
    if (!needs_quotes(field, fields.size() == 1)) {
      line += field;
      continue;
    }
    std::string quoted(2 * field.size() + 2, '\0');
    quoted.resize(csv_write(quoted.data(), quoted.size(), field.data(), field.size()));
    line += quoted;
  }
  return line + '\n';
}

std::string number_text(double value) { return shortest(value); }
std::string number_text(float value) { return shortest(value); }

}  // namespace genretrack
