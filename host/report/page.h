// A self-contained HTML page: style, Vega and data inlined, nothing fetched, readable without scripts but for
// its charts. Light and dark, narrow and wide.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
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
  void subheading(std::string_view text);  // not in the list of contents
  void paragraph(std::string_view text);
  void note(std::string_view text);  // what a reader must know before believing the figures
  void list(const std::vector<std::string>& items);
  void command(std::string_view text);  // for a shell, as it is
  // The sentence that a reader should leave with, and the figures behind it.
  void verdict(std::string_view text, std::string_view details = {});
  void contents();  // here stands a list of all headings, the later ones too
  void table(const Table& table, std::string_view caption);
  void sortable_table(const Table& table, std::string_view caption);  // by a click on a column's name
  // A Vega (not Vega-Lite) specification, drawn as wide as its column by the page's script, which sets the
  // signal "width"; `description` is read by screen readers. Where its usermeta names a data set as "csv",
  // that can be saved.
  void chart(const nlohmann::json& vega, std::string_view description);
  // Charts or images side by side, at most `columns` of them, on wide windows and one below the other on
  // narrow ones.
  void begin_row(std::size_t columns);
  void end_row();
  // Closed until a reader opens it; holds no charts, which would be drawn without a width.
  void begin_details(std::string_view summary);
  void end_details();
  // A recording to be played; charts with a signal "playhead" follow it, in seconds. `source` is relative to
  // the page or a file: address, percent-encoded.
  void audio(std::string_view source, std::string_view description);
  void png(std::string_view bytes, std::string_view description);  // drawn as sharp squares, with a caption

  std::string html() const;

 private:
  std::string contents_list() const;
  void add_table(const Table& table, std::string_view caption, bool sortable);

  std::string title_, body_;
  std::vector<std::string> headings_;
  std::optional<std::size_t> contents_at_;  // in body_
  std::vector<nlohmann::json> charts_;
};

// The text with the replacement character for bytes that are no UTF-8; names of files may hold any.
std::string valid_utf8(std::string_view text);

// Text fit to stand in HTML, between tags and in quoted attributes; what is no UTF-8 is replaced.
std::string escape_html(std::string_view text);

std::string base64(std::string_view bytes);

// `<` as \u003c and the like, so that no data can end the script it stands in.
std::string json_for_script(const nlohmann::json& value);

}  // namespace genretrack
