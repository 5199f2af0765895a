#include "host/core/utf8.h"

#include <algorithm>
#include <array>
#include <boost/locale/utf.hpp>
#include <charconv>

namespace genretrack {
namespace {

using Traits = boost::locale::utf::utf_traits<char>;
using boost::locale::utf::code_point;

bool controls(code_point point) {
  const auto within = [&](code_point first, code_point last) { return point >= first && point <= last; };
  return point < 0x20 || within(0x7f, 0x9f) || point == 0x061c || within(0x200e, 0x200f) ||
         within(0x2028, 0x202e) || within(0x2066, 0x2069) || point == 0xfeff;
}

std::string escaped(code_point point) {
  std::array<char, 8> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), point, 16).ptr;
  return "\\u{" + std::string(digits.data(), end) + "}";
}

}  // namespace

bool is_utf8(std::string_view text) {
  const char* position = text.data();
  const char* const end = position + text.size();
  while (position != end) {
    const code_point point = Traits::decode(position, end);
    if (point == 0 || !boost::locale::utf::is_valid_codepoint(point)) return false;
  }
  return true;
}

bool is_one_line_text(std::string_view text) {
  return is_utf8(text) &&
         std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

std::string one_line(std::string_view text) {
  std::string line;
  const char* position = text.data();
  const char* const end = position + text.size();
  while (position != end) {
    const char* const begin = position;
    const code_point point = Traits::decode(position, end);
    if (!boost::locale::utf::is_valid_codepoint(point)) {
      line += "\ufffd";
      position = begin + 1;
    } else if (controls(point)) {
      line += escaped(point);
    } else {
      line.append(begin, position);
    }
  }
  return line;
}

}  // namespace genretrack
