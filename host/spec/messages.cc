#include "host/spec/messages.h"

#include <charconv>
#include <cmath>

namespace genretrack {
namespace {

using nlohmann::json;

// How many bytes the control character at `at` has, in UTF-8; 0 for other characters.
std::size_t control_character_at(const std::string& text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  if (byte(at) < 0x20 || byte(at) == 0x7f) return 1;
  return byte(at) == 0xc2 && byte(at + 1) >= 0x80 && byte(at + 1) < 0xa0 ? 2 : 0;
}

std::string visible(const std::string& text) {
  std::string shown;
  for (std::size_t at = 0; at < text.size();) {
    if (const std::size_t length = control_character_at(text, at); length > 0) {
      const std::string quoted = json(text.substr(at, length)).dump(-1, ' ', true);
      shown += quoted.substr(1, quoted.size() - 2);
      at += length;
    } else {
      shown += text[at++];
    }
  }
  return shown;
}

}  // namespace

Error spec_error(ErrorKind kind, const std::string& message) { return {kind, visible(message)}; }

std::string shortened(std::string text, std::size_t most) {
  if (text.size() <= most) return text;
  std::size_t end = most - 3;
  while (end > 0 && (text[end] & 0xc0) == 0x80) --end;  // not inside a character
  return text.substr(0, end) + "...";
}

std::string short_text(const json& value) {
  return shortened(value.dump(-1, ' ', false, json::error_handler_t::replace), 60);
}

std::string limit_text(double value) {
  char digits[32];
  char* const end = digits + sizeof digits;
  const bool plain = std::floor(value) == value && std::abs(value) < 1e16;  // else as short as can be
  return {digits, plain ? std::to_chars(digits, end, value, std::chars_format::fixed).ptr
                        : std::to_chars(digits, end, value).ptr};
}

}  // namespace genretrack
