// Tables of text that read well in a terminal: columns aligned, numbers to the right, measured in characters
// and not in bytes.
#pragma once

#include <string>
#include <vector>

namespace genretrack {

struct Table {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;  // each as long as the header
  // First column to the left, others to the right; two spaces between columns; a rule under the header.
  std::string text() const;
};

}  // namespace genretrack
