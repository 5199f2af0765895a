// Text from outside, checked before it reaches reports, JSON and terminals.
#pragma once

#include <string_view>

namespace genretrack {

// Valid UTF-8 without zero bytes.
bool is_utf8(std::string_view text);

// Valid UTF-8 without control characters (line feeds and tabs included): fit to be shown on one line.
bool is_one_line_text(std::string_view text);

}  // namespace genretrack
