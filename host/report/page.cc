#include "host/report/page.h"

#include <algorithm>

#include "host/report/embedded.h"

namespace genretrack {
namespace {

// Vega compiles its expressions with the Function constructor, hence unsafe-eval; nothing may be fetched.
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data:; "
    "media-src file: 'self'";

std::string element(const std::string& tag, std::string_view attributes, std::string_view text) {
  std::string html = "<" + tag;
  html += attributes;
  return html + ">" + escape_html(text) + "</" + tag + ">\n";
}

// A figure, an interval, a count, or the dash that stands for none.
bool looks_like_a_number(const std::string& cell) {
  std::string_view rest = cell;
  for (const std::string_view sign : {"(", "[", "+", "-", "\u2212", "<", "\u2264", "\u2248"})
    if (rest.starts_with(sign)) rest.remove_prefix(sign.size());
  return rest.empty() || rest == "\u2013" || rest == "\u2014" || (rest.front() >= '0' && rest.front() <= '9');
}

// A figure with its interval in brackets: the interval goes below, so that a table of many fits a window.
std::string cell(std::string_view attributes, const std::string& text) {
  const std::size_t bracket = text.find(" (");
  if (bracket == std::string::npos || text.back() != ')' || !looks_like_a_number(text))
    return element("td", attributes, text);
  return "<td" + std::string(attributes) + ">" + escape_html(text.substr(0, bracket)) +
         " <span class=\"interval\">" + escape_html(text.substr(bracket + 1)) + "</span></td>\n";
}

// Numbers are aligned to the right; a column counts as one of numbers where most of its cells are.
std::vector<bool> number_columns(const Table& table) {
  std::vector<bool> numbers(table.header.size());
  for (std::size_t column = 1; column < numbers.size(); ++column) {
    const auto count = std::count_if(table.rows.begin(), table.rows.end(), [&](const auto& row) {
      return column < row.size() && looks_like_a_number(row[column]);
    });
    numbers[column] = 2 * static_cast<std::size_t>(count) > table.rows.size();
  }
  return numbers;
}

// Sentences are broken into lines; names and figures are not.
std::vector<bool> text_columns(const Table& table) {
  constexpr std::size_t kLongCell = 60;
  std::vector<bool> text(table.header.size());
  for (const auto& row : table.rows)
    for (std::size_t column = 0; column < std::min(row.size(), text.size()); ++column)
      if (row[column].size() > kLongCell) text[column] = true;
  return text;
}

}  // namespace

std::string valid_utf8(std::string_view text) {
  using nlohmann::json;
  return json::parse(json(text).dump(-1, ' ', false, json::error_handler_t::replace)).get<std::string>();
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto byte = [&](std::size_t at) {
      return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0u;
    };
    const unsigned group = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    for (int digit = 0; digit < 4; ++digit)
      text += i + digit <= bytes.size() ? kDigits[group >> (18 - 6 * digit) & 63] : '=';
  }
  return text;
}

std::string escape_html(std::string_view text) {
  std::string html;
  for (const char c : valid_utf8(text)) {
    switch (c) {
      case '&':
        html += "&amp;";
        break;
      case '<':
        html += "&lt;";
        break;
      case '>':
        html += "&gt;";
        break;
      case '"':
        html += "&quot;";
        break;
      case '\'':
        html += "&#39;";
        break;
      default:
        html += c;
    }
  }
  return html;
}

std::string json_for_script(const nlohmann::json& value) {
  // Behind ASCII only, so that no line separator of Unicode is left. The three characters below stand in
  // strings alone, where an escape means the same.
  const std::string plain = value.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
  std::string text;
  for (const char c : plain) {
    switch (c) {
      case '<':
        text += "\\u003c";
        break;
      case '>':
        text += "\\u003e";
        break;
      case '&':
        text += "\\u0026";
        break;
      default:
        text += c;
    }
  }
  return text;
}

Page::Page(std::string title) : title_(std::move(title)) {}

void Page::heading(std::string_view text) {
  headings_.emplace_back(text);
  body_ += element("h2", " id=\"section-" + std::to_string(headings_.size()) + "\"", text);
}
void Page::subheading(std::string_view text) { body_ += element("h3", "", text); }
void Page::paragraph(std::string_view text) { body_ += element("p", "", text); }
void Page::note(std::string_view text) { body_ += element("p", " class=\"note\"", text); }
void Page::command(std::string_view text) { body_ += element("pre", " tabindex=\"0\"", text); }

void Page::list(const std::vector<std::string>& items) {
  body_ += "<ul>\n";
  for (const std::string& item : items) body_ += element("li", "", item);
  body_ += "</ul>\n";
}

void Page::verdict(std::string_view text, std::string_view details) {
  body_ += "<div class=\"verdict\">\n" + element("p", "", text);
  if (!details.empty()) body_ += element("p", " class=\"details\"", details);
  body_ += "</div>\n";
}

void Page::contents() { contents_at_ = body_.size(); }

void Page::table(const Table& table, std::string_view caption) { add_table(table, caption, false); }
void Page::sortable_table(const Table& table, std::string_view caption) { add_table(table, caption, true); }

void Page::add_table(const Table& table, std::string_view caption, bool sortable) {
  const std::vector<bool> numbers = number_columns(table), texts = text_columns(table);
  const auto attributes = [&](std::size_t column, std::string_view scope) {
    std::string text(scope);
    if (column >= numbers.size()) return text;
    if (texts[column])
      text += " class=\"text\"";
    else if (numbers[column])
      text += " class=\"number\"";
    return text;
  };
  // Wide tables scroll in a box of their own, by keyboard too.
  const std::string label = escape_html(caption);
  body_ += "<figure>\n<figcaption>" + label +
           "</figcaption>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\"";
  body_ += " aria-label=\"" + label + "\">\n<table" + std::string(sortable ? " class=\"sortable\"" : "") +
           " aria-label=\"" + label + "\">\n<thead><tr>\n";
  for (std::size_t i = 0; i < table.header.size(); ++i)
    body_ += element("th", attributes(i, " scope=\"col\""), table.header[i]);
  body_ += "</tr></thead>\n<tbody>\n";
  for (const auto& row : table.rows) {
    body_ += "<tr>";
    for (std::size_t i = 0; i < row.size(); ++i)
      body_ +=
          i == 0 ? element("th", attributes(i, " scope=\"row\""), row[i]) : cell(attributes(i, ""), row[i]);
    body_ += "</tr>\n";
  }
  body_ += "</tbody>\n</table>\n</div>\n</figure>\n";
}

void Page::chart(const nlohmann::json& vega, std::string_view description) {
  body_ += "<figure><div class=\"plot\" id=\"chart-" + std::to_string(charts_.size()) +
           "\" role=\"img\" aria-label=\"" + escape_html(description) + "\"></div></figure>\n";
  charts_.push_back(vega);
  charts_.back()["description"] = valid_utf8(description);
}

void Page::begin_row(std::size_t columns) {
  body_ += "<div class=\"row\" style=\"--columns: " + std::to_string(columns) + "\">\n";
}
void Page::end_row() { body_ += "</div>\n"; }

void Page::begin_details(std::string_view summary) {
  body_ += "<details>\n" + element("summary", "", summary);
}
void Page::end_details() { body_ += "</details>\n"; }

void Page::audio(std::string_view source, std::string_view description) {
  body_ += "<audio controls preload=\"metadata\" aria-label=\"" + escape_html(description) + "\" src=\"" +
           escape_html(source) + "\"></audio>\n";
}

void Page::png(std::string_view bytes, std::string_view description) {
  const std::string text = escape_html(description);
  body_ += "<figure class=\"png\"><img alt=\"" + text + "\" src=\"data:image/png;base64," + base64(bytes) +
           "\"><figcaption>" + text + "</figcaption></figure>\n";
}

// The headings as links; where there are few, none is needed.
std::string Page::contents_list() const {
  if (headings_.size() < 3) return "";
  std::string html = "<nav aria-label=\"Contents\"><ul>\n";
  for (std::size_t i = 0; i < headings_.size(); ++i)
    html +=
        "<li><a href=\"#section-" + std::to_string(i + 1) + "\">" + escape_html(headings_[i]) + "</a></li>\n";
  return html + "</ul></nav>\n";
}

std::string Page::html() const {
  std::string html = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
  html += "<meta http-equiv=\"Content-Security-Policy\" content=\"" + std::string(kPolicy) + "\">\n";
  html += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
  html += "<meta name=\"generator\" content=\"genretrack " GENRETRACK_VERSION "\">\n";
  html += element("title", "", title_);
  html += "<style>\n" + std::string(page_style()) + "</style>\n</head>\n<body>\n<main>\n";
  html += element("h1", "", title_);
  if (!charts_.empty())
    html +=
        "<noscript><p>The charts of this page are drawn by a script, which this browser does not run; all "
        "else can be read.</p></noscript>\n";
  std::string body = body_;
  if (contents_at_) body.insert(*contents_at_, contents_list());
  html += body + "</main>\n<footer>Made by genretrack " GENRETRACK_VERSION;
  if (charts_.empty()) return html + ".</footer>\n</body>\n</html>\n";
  html += "; charts drawn by Vega.</footer>\n<script type=\"application/json\" id=\"charts\">";
  html += json_for_script(charts_) + "</script>\n";
  html +=
      "<!-- Vega, copyright (c) University of Washington Interactive Data Lab, BSD 3-Clause License -->\n";
  html += "<script>" + std::string(vega_script()) + "</script>\n";
  html += "<script>\n" + std::string(page_script()) + "</script>\n</body>\n</html>\n";
  return html;
}

}  // namespace genretrack
