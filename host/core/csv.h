// Comma-separated values (RFC 4180), read and written.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace genretrack {

struct CsvTable {
  struct Row {
    std::size_t line = 0;             // in the file, from 1, where the row begins
    std::vector<std::string> fields;  // as many as the header has
  };
  std::string source;  // for messages
  std::vector<std::string> header;
  std::vector<Row> rows;

  std::optional<std::size_t> find(std::string_view column) const;
  std::size_t column(std::string_view column) const;  // Error(kData) that lists the columns there are
};

// Throws Error(kData) with source:line for a row with another number of fields than the header, an unclosed
// quote, a column named twice, bytes that are not UTF-8, no header at all, a row longer than 16 MB or more
// than 16 million fields in all. A byte order mark is skipped, spaces around fields without quotes and lines
// of nothing else are dropped.
CsvTable parse_csv(std::string_view text, std::string source);
CsvTable read_csv(const std::filesystem::path& path);

// Row after row, headers too, in the memory of one row: for tables with several header rows, or larger than
// what is wanted of them. Throws as parse_csv, but for what concerns headers and the number of fields.
using CsvSink = std::function<void(std::size_t line, std::vector<std::string>& fields)>;
void scan_csv(const std::filesystem::path& path, const CsvSink& take);

// One line with its line feed; fields are quoted where they must be.
std::string csv_line(std::span<const std::string> fields);

// The shortest text that reads back as the same value, with a point whatever the locale.
std::string number_text(double value);
std::string number_text(float value);

}  // namespace genretrack
