// JSON with the place of every value, so that an error can say line and column.
#pragma once

#include <cstddef>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "host/core/error.h"

namespace genretrack {

constexpr std::size_t kLongestJsonText = 4 << 20;

struct JsonText {
  std::string source;  // the file, for messages
  nlohmann::json value;
  std::map<std::string, std::string> places;  // JSON pointer to "line:column", of a member's key

  // "file:line:column: /pointer"; a pointer that is not in the text gets its nearest ancestor's place.
  std::string where(const std::string& pointer) const;
};

// What parse_json_text() throws for a longer text, for those who know the length before.
Error too_long(const std::string& source);

// Throws Error(kSpec) with the place: not JSON, a key twice, nested deeper than 64, longer than
// kLongestJsonText, a number that no double holds.
JsonText parse_json_text(const std::string& text, const std::string& source);

}  // namespace genretrack
