// Text from outside, checked before it reaches reports, JSON and terminals.
#pragma once

#include <string>
#include <string_view>

namespace genretrack {

// Valid UTF-8 without zero bytes.
bool is_utf8(std::string_view text);

// Valid UTF-8 without control characters (line feeds and tabs included): fit to be shown on one line.
bool is_one_line_text(std::string_view text);

// The text as one line that a terminal shows and does not obey: bytes that are no UTF-8 become U+FFFD, and
// characters that control the terminal or the direction of writing are written as \u{9b}.
std::string one_line(std::string_view text);

}  // namespace genretrack
