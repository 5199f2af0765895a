#include "host/core/utf8.h"

#include <algorithm>
#include <boost/locale/utf.hpp>

namespace genretrack {

bool is_utf8(std::string_view text) {
  using Traits = boost::locale::utf::utf_traits<char>;
  const char* position = text.data();
  const char* const end = position + text.size();
  while (position != end) {
    const boost::locale::utf::code_point point = Traits::decode(position, end);
    if (point == 0 || !boost::locale::utf::is_valid_codepoint(point)) return false;
  }
  return true;
}

bool is_one_line_text(std::string_view text) {
  return is_utf8(text) &&
         std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

}  // namespace genretrack
