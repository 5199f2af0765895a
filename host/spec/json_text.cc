#include "host/spec/json_text.h"

#include <set>
#include <string_view>
#include <vector>

#include "host/spec/messages.h"

namespace genretrack {
namespace {

using nlohmann::json;

constexpr std::size_t kDeepest = 64;

constexpr std::size_t kLongestPlaces = 16 << 20;  // of all pointers together
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// "line:column" of places in a text. Asked for ascending places, it reads the text once.
class LineCounter {
 public:
  explicit LineCounter(std::string_view text) : text_(text) { rewind(); }

  std::string place_of(std::size_t offset) {
    if (offset < at_) rewind();
    for (; at_ < offset && at_ < text_.size(); ++at_) {
      if (text_[at_] == '\n') {
        ++line_;
        column_ = 1;
      } else if ((text_[at_] & 0xc0) != 0x80) {  // characters, not bytes: UTF-8's continuations do not count
        ++column_;
      }
    }
    return std::to_string(line_) + ":" + std::to_string(column_);
  }

 private:
  void rewind() {
    at_ = text_.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
    line_ = column_ = 1;
  }

  std::string_view text_;
  std::size_t at_ = 0, line_ = 1, column_ = 1;
};

// The parser's reason, without its own places and without the text that it read last, which may be anything.
std::string reason_of(const json::exception& error) {
  std::string what = error.what();
  what.erase(0, what.find("] ") + 2);
  if (const auto detail = what.find(" - "); detail != what.npos) what.erase(0, detail + 3);
  if (const auto last = what.find("; last read: "); last != what.npos) what.resize(last);
  return what;
}

// Counts what the parser has read; it copies its iterators, so the count stands outside.
struct CountingIterator {
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;
  const char* at;
  std::size_t* read;
  reference operator*() const { return *at; }
  CountingIterator& operator++() {
    ++at;
    ++*read;
    return *this;
  }
  CountingIterator operator++(int) {
    const CountingIterator old = *this;
    ++*this;
    return old;
  }
  bool operator==(const CountingIterator& other) const { return at == other.at; }
  bool operator!=(const CountingIterator& other) const { return at != other.at; }
};

// Notes where keys and elements stand, and refuses what a DOM would hide: keys twice, bottomless nesting.
class PlaceReader : public nlohmann::json_sax<json> {
 public:
  PlaceReader(std::string_view text, const std::size_t& read) : text_(text), read_(read), lines_(text) {}

  std::map<std::string, std::string> places;
  std::string problem;
  std::size_t problem_at = 0;

  bool null() override { return scalar(); }
  bool boolean(bool) override { return scalar(); }
  bool number_integer(number_integer_t) override { return scalar(); }
  bool number_unsigned(number_unsigned_t) override { return scalar(); }
  bool number_float(number_float_t, const string_t&) override { return scalar(); }
  bool string(string_t&) override { return note(opening_quote()) && next(); }
  bool binary(binary_t&) override { return false; }  // JSON text has none
  bool start_object(std::size_t) override { return open(true); }
  bool start_array(std::size_t) override { return open(false); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    Level& level = levels_.back();
    level.key = name;
    const std::size_t at = opening_quote();
    if (!level.seen.insert(name).second) return fail("the key stands twice in one object", at, true);
    return note_here(at);
  }
  bool parse_error(std::size_t byte, const std::string&, const json::exception& error) override {
    if (error.id == 406) return fail("a number too large for any field", value_begin(), false);
    return fail("is not JSON: " + reason_of(error), byte > 0 ? byte - 1 : 0, false);
  }

 private:
  struct Level {
    bool object;
    std::size_t index = 0;
    std::string key;
    std::set<std::string> seen;
  };

  std::string pointer() const {
    json::json_pointer at;
    for (const Level& level : levels_) at.push_back(level.object ? level.key : std::to_string(level.index));
    return at.to_string();
  }
  bool fail(std::string what, std::size_t at, bool with_pointer) {
    problem = (with_pointer ? shortened(pointer(), 200) + ": " : "") + std::move(what);
    problem_at = at;
    return false;
  }
  // Where the string that was just read begins: the parser stands behind its closing quote.
  std::size_t opening_quote() const {
    std::size_t at = read_ - 1;
    for (;;) {
      at = text_.rfind('"', at - 1);
      std::size_t escapes = 0;
      while (at > escapes && text_[at - 1 - escapes] == '\\') ++escapes;
      if (escapes % 2 == 0) return at;
    }
  }
  // Members are noted by their key; elements of arrays, and the root, by where they begin.
  bool note(std::size_t at) { return (!levels_.empty() && levels_.back().object) || note_here(at); }
  bool note_here(std::size_t at) {
    std::string here = pointer();
    size_ += here.size();
    if (size_ > kLongestPlaces) return fail("too many and too long keys", at, false);
    places.emplace(std::move(here), lines_.place_of(at));
    return true;
  }
  // Where the literal or number that was just read begins. The parser may have read one character behind it.
  std::size_t value_begin() const {
    const std::size_t end = text_.find_last_not_of(",]} \t\r\n", read_ - 1);
    const std::size_t before = text_.find_last_of(",[: \t\r\n", end);
    if (before != text_.npos) return before + 1;
    return text_.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  }
  bool scalar() { return note(value_begin()) && next(); }
  bool open(bool object) {
    if (!note(read_ - 1)) return false;
    if (levels_.size() >= kDeepest)
      return fail("nested deeper than " + std::to_string(kDeepest) + " levels", read_ - 1, false);
    levels_.push_back({object, 0, {}, {}});
    return true;
  }
  bool close() {
    levels_.pop_back();
    return next();
  }
  bool next() {
    if (!levels_.empty() && !levels_.back().object) ++levels_.back().index;
    return true;
  }

  std::string_view text_;
  const std::size_t& read_;
  LineCounter lines_;
  std::size_t size_ = 0;
  std::vector<Level> levels_;
};

}  // namespace

std::string JsonText::where(const std::string& pointer) const {
  const std::string shown = pointer.empty() ? "/" : shortened(pointer, 200);
  for (std::string at = pointer;;) {
    const auto found = places.find(at);
    if (found != places.end()) return source + ":" + found->second + ": " + shown;
    if (at.empty()) return source + ": " + shown;
    at.resize(at.rfind('/'));
  }
}

Error too_long(const std::string& source) {
  return spec_error(ErrorKind::kSpec,
                    source + ": is longer than 4 MiB; an experiment file is a page of JSON");
}

JsonText parse_json_text(const std::string& text, const std::string& source) {
  if (text.size() > kLongestJsonText) throw too_long(source);
  if (text.find_first_not_of(" \t\r\n") == std::string::npos)
    throw spec_error(ErrorKind::kSpec,
                     source +
                         ":1:1: is empty; an experiment file is a JSON object with at least "
                         "\"dataset\" and \"model\"");
  std::size_t read = 0;
  PlaceReader reader(text, read);
  const CountingIterator begin{text.data(), &read}, end{text.data() + text.size(), &read};
  if (!json::sax_parse(begin, end, &reader))
    throw spec_error(ErrorKind::kSpec,
                     source + ":" + LineCounter(text).place_of(reader.problem_at) + ": " + reader.problem);
  return {source, json::parse(text), std::move(reader.places)};
}

}  // namespace genretrack
