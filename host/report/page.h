// A self-contained HTML page: style, Vega and data inlined, nothing fetched, readable without scripts but for
// its charts. Light and dark, narrow and wide.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "host/report/table.h"

namespace genretrack {

class Page {
 public:
  explicit Page(std::string title);

  // All text is escaped here; callers pass plain text.
  void heading(std::string_view text);
  void paragraph(std::string_view text);
  void verdict(std::string_view text);  // the sentence a reader should leave with
  void table(const Table& table, std::string_view caption);
  // A Vega (not Vega-Lite) specification, drawn as wide as its column by the page's script, which sets the
  // signal "width"; `description` is read by screen readers.
  void chart(const nlohmann::json& vega, std::string_view description);
  // Charts side by side, at most `columns` of them, on wide windows and one below the other on narrow ones.
  void begin_row(std::size_t columns);
  void end_row();

  std::string html() const;

 private:
  std::string title_, body_;
  std::vector<nlohmann::json> charts_;
};

// The text with the replacement character for bytes that are no UTF-8; names of files may hold any.
std::string valid_utf8(std::string_view text);

// Text fit to stand in HTML, between tags and in quoted attributes; what is no UTF-8 is replaced.
std::string escape_html(std::string_view text);

// `<` as \u003c and the like, so that no data can end the script it stands in.
std::string json_for_script(const nlohmann::json& value);

}  // namespace genretrack
