#include "host/report/table.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace genretrack {
namespace {

// UTF-8 characters: every byte but the continuation bytes begins one.
std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string line(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) {
  std::string text;
  for (std::size_t column = 0; column < cells.size(); ++column) {
    if (column > 0) text += "  ";
    const std::string padding(widths[column] - characters(cells[column]), ' ');
    text += column == 0 ? cells[column] + padding : padding + cells[column];
  }
  text.erase(text.find_last_not_of(' ') + 1);
  return text + '\n';
}

}  // namespace

std::string Table::text() const {
  std::vector<std::size_t> widths(header.size());
  const auto widen = [&](const std::vector<std::string>& cells) {
    for (std::size_t column = 0; column < cells.size(); ++column)
      widths[column] = std::max(widths[column], characters(cells[column]));
  };
  widen(header);
  for (const auto& row : rows) widen(row);
  std::size_t total = widths.empty() ? 0 : 2 * (widths.size() - 1);
  for (const std::size_t width : widths) total += width;
  std::string text = line(header, widths);
  for (std::size_t i = 0; i < total; ++i) text += "─";
  text += '\n';
  for (const auto& row : rows) text += line(row, widths);
  return text;
}

}  // namespace genretrack
