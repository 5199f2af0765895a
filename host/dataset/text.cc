#include "host/dataset/text.h"

namespace genretrack {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_word(char c) {
  // Bytes of other alphabets count as letters.
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    if (!text.empty()) text += ", ";
    text += word;
  }
  return text;
}

std::string count_of(std::size_t n, const std::string& one) {
  std::string text = std::to_string(n);
  text += ' ';
  text += one;
  if (n != 1) text += 's';
  return text;
}

std::string genre_name(const std::string& written) {
  std::string small = written;
  for (char& c : small) c = lower(c);
  return small == "hip-hop" ? "hiphop" : written;
}

std::string artist_key(const std::string& artist) {
  std::string key;
  for (const char c : artist) {
    const char small = lower(c);
    if (is_word(small)) key += small;
    if (small == '&') key += "and";
  }
  return key.empty() ? artist : key;
}

}  // namespace genretrack
