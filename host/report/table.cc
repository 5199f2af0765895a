#include "host/report/table.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "host/core/utf8.h"

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

// Names of runs, clips and genres may hold anything; a terminal must show them and not obey.
std::string Table::text() const {
  const auto safe = [](std::vector<std::string> cells) {
    std::transform(cells.begin(), cells.end(), cells.begin(),
                   [](const auto& cell) { return one_line(cell); });
    return cells;
  };
  std::vector<std::vector<std::string>> lines = {safe(header)};
  for (const auto& row : rows) lines.push_back(safe(row));
  std::vector<std::size_t> widths(header.size());
  const auto widen = [&](const std::vector<std::string>& cells) {
    for (std::size_t column = 0; column < cells.size(); ++column)
      widths[column] = std::max(widths[column], characters(cells[column]));
  };
  for (const auto& cells : lines) widen(cells);
  std::size_t total = widths.empty() ? 0 : 2 * (widths.size() - 1);
  for (const std::size_t width : widths) total += width;
  std::string text = line(lines.front(), widths);
  for (std::size_t i = 0; i < total; ++i) text += "─";
  text += '\n';
  for (std::size_t row = 1; row < lines.size(); ++row) text += line(lines[row], widths);
  return text;
}

}  // namespace genretrack
