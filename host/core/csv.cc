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
constexpr std::size_t kMostRow = 16 << 20, kMostFields = 16 << 20, kMostColumns = 65536, kPiece = 1 << 20;

[[noreturn]] void fail(const std::string& source, std::size_t line, const std::string& what) {
  throw Error(ErrorKind::kData, source + ":" + std::to_string(line) + ": " + what);
}

std::string count(std::size_t n, const char* thing) {
  return std::to_string(n) + " " + thing + (n == 1 ? "" : "s");
}

// Feeds libcsv one physical line at a time, because its callbacks do not say where in the text they are.
class Scanner {
 public:
  Scanner(const std::string& source, const CsvSink& take) : source_(source), take_(take) {
    if (csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI) != 0)
      throw Error(ErrorKind::kFailure, "the CSV parser did not start");
    csv_set_blk_size(&parser_,
                     1 << 18);  // by which a field's room grows; 128 bytes make a long one quadratic
  }
  ~Scanner() { csv_free(&parser_); }
  Scanner(const Scanner&) = delete;
  Scanner& operator=(const Scanner&) = delete;

  void feed(std::string_view piece) {
    pending_ += piece;
    std::string_view rest(pending_);
    for (std::size_t end = line_end(rest, searched_); end != npos; end = line_end(rest, 0)) {
      feed_line(rest.substr(0, end));
      rest.remove_prefix(end);
    }
    if (rest.size() > kMostRow) too_long(in_row_ ? row_line_ : line_ + 1);
    pending_.erase(0, pending_.size() - rest.size());
    searched_ = pending_.empty() ? 0 : pending_.size() - 1;  // a carriage return may end it
  }

  void finish() {
    if (!pending_.empty()) feed_line(pending_);
    if (csv_fini(&parser_, on_field, on_row, this) != 0)
      fail(source_, row_line_, "a quote opens here and is never closed; close it, or write \"\" for one");
    take_row();
  }

 private:
  static constexpr std::size_t npos = std::string_view::npos;

  // Behind the end of the first line; npos where it may go on in the next piece.
  static std::size_t line_end(std::string_view text, std::size_t from) {
    const std::size_t end = text.find_first_of("\r\n", from);
    if (end == npos || (text[end] == '\r' && end + 1 == text.size())) return npos;
    return end + (text.substr(end).starts_with("\r\n") ? 2 : 1);
  }

  [[noreturn]] void too_long(std::size_t line) const {
    fail(source_, line, "this row is longer than 16 MB; is a quote never closed, or is it no CSV file?");
  }

  void feed_line(std::string_view line) {
    ++line_;
    if (line_ == 1 && line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
    if (!is_utf8(line)) fail(source_, line_, "this line is not UTF-8 text; save the file as UTF-8");
    if (!in_row_) {
      row_line_ = line_;
      row_bytes_ = 0;
      in_row_ = line.find_first_not_of(" \t\r\n") != npos;
    }
    row_bytes_ += line.size();
    if (row_bytes_ > kMostRow) too_long(row_line_);
    if (csv_parse(&parser_, line.data(), line.size(), on_field, on_row, this) != line.size())
      fail(source_, line_, "a quote stands inside a field; put the whole field in quotes and double it");
    take_row();
  }

  static void on_field(void* bytes, std::size_t size, void* self) {
    auto& fields = static_cast<Scanner*>(self)->fields_;
    if (fields.size() <= kMostColumns) fields.emplace_back(static_cast<const char*>(bytes), size);
  }
  static void on_row(int, void* self) { static_cast<Scanner*>(self)->row_ended_ = true; }

  // Exceptions must not pass through the C library, so rows are judged after it has returned.
  void take_row() {
    if (!row_ended_) return;
    row_ended_ = in_row_ = false;
    if (fields_.size() > kMostColumns)
      fail(source_, row_line_, "this row has more than 65536 fields; is it no CSV file?");
    take_(row_line_, fields_);
    fields_.clear();
  }

  const std::string& source_;
  const CsvSink& take_;
  csv_parser parser_{};
  std::string pending_;
  std::vector<std::string> fields_;
  std::size_t searched_ = 0, line_ = 0, row_line_ = 1, row_bytes_ = 0;
  bool in_row_ = false, row_ended_ = false;
};

class TableBuilder {
 public:
  explicit TableBuilder(std::string source) { table_.source = std::move(source); }

  CsvSink sink() {
    return [this](std::size_t line, std::vector<std::string>& fields) {
      have_header_ ? add_row(line, fields) : take_header(line, fields);
    };
  }
  const std::string& source() const { return table_.source; }
  CsvTable table() {
    if (!have_header_) fail(table_.source, 1, "there is no header line; the first line names the columns");
    return std::move(table_);
  }

 private:
  void take_header(std::size_t line, std::vector<std::string>& fields) {
    table_.header = std::exchange(fields, {});
    have_header_ = true;
    std::set<std::string_view> seen;
    for (const std::string& name : table_.header)
      if (!seen.insert(name).second) fail(table_.source, line, "the column '" + name + "' is named twice");
  }

  void add_row(std::size_t line, std::vector<std::string>& fields) {
    if (fields.size() != table_.header.size())
      fail(table_.source, line,
           count(fields.size(), "field") + ", but the header names " + count(table_.header.size(), "column") +
               "; a field with a comma needs quotes");
    fields_ += fields.size();
    if (fields_ > kMostFields)
      fail(table_.source, line, "more than 16 million fields stand up to here; divide the table");
    table_.rows.push_back({line, std::exchange(fields, {})});
  }

  CsvTable table_;
  std::size_t fields_ = 0;
  bool have_header_ = false;
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

CsvTable parse_csv(std::string_view text, std::string source) {
  TableBuilder builder(std::move(source));
  const CsvSink sink = builder.sink();
  Scanner scanner(builder.source(), sink);
  for (; !text.empty(); text.remove_prefix(std::min(text.size(), kPiece)))
    scanner.feed(text.substr(0, kPiece));
  scanner.finish();
  return builder.table();
}

CsvTable read_csv(const std::filesystem::path& path) { return parse_csv(read_file(path), path.string()); }

void scan_csv(const std::filesystem::path& path, const CsvSink& take) {
  const std::string source = path.string();
  Scanner scanner(source, take);
  read_in_pieces(path, [&](std::string_view piece) { scanner.feed(piece); });
  scanner.finish();
}

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
