#include "host/spec/spec_reader.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "host/spec/nearest_name.h"

namespace genretrack {
namespace {

using nlohmann::json;

constexpr double kLargestInteger = 9007199254740991.0;  // 2^53 - 1: what every JSON reader agrees on

std::string range_text(Limits limits) {
  const bool low = limits.minimum > std::numeric_limits<double>::lowest();
  const bool high = limits.maximum < std::numeric_limits<double>::max();
  std::string text;
  if (low) text += (limits.above_minimum ? "above " : "from ") + limit_text(limits.minimum);
  if (high)
    text +=
        (low ? " " : "") + std::string(limits.below_maximum ? "below " : "to ") + limit_text(limits.maximum);
  return text;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace

bool is_utf8(const std::string& text) {
  try {
    (void)json(text).dump();
    return true;
  } catch (const json::exception&) {
    return false;
  }
}

std::string short_text(const json& value) {
  std::string text = value.dump(-1, ' ', false, json::error_handler_t::replace);
  if (text.size() <= 60) return text;
  std::size_t end = 57;
  while ((text[end] & 0xc0) == 0x80) --end;  // not inside a character
  return text.substr(0, end) + "...";
}

std::string limit_text(double value) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  return {digits, end};
}

const SpecSource::Origin* SpecSource::override_at(const std::string& pointer) const {
  const Origin* closest = nullptr;  // prefixes of one pointer come in the order of their lengths
  for (const auto& [at, origin] : overridden)
    if (pointer == at || pointer.starts_with(at + "/")) closest = &origin;
  return closest;
}

std::string SpecSource::where(const std::string& pointer) const {
  const Origin* origin = override_at(pointer);
  return origin ? origin->text + ": " + pointer : text.where(pointer);
}

void SpecSource::refuse(const std::string& pointer, const std::string& what) const {
  const Origin* origin = override_at(pointer);
  throw Error(origin ? origin->kind : ErrorKind::kSpec, where(pointer) + ": " + what);
}

void SpecSource::refuse_later(const std::string& pointer, const std::string& what) const {
  throw Error(ErrorKind::kUnsupported, where(pointer) + ": " + what);
}

SpecReader::SpecReader(const SpecSource& source, std::string pointer, const json& object)
    : source_(source), pointer_(std::move(pointer)), object_(object) {
  check_type(pointer_, object_, object_.is_object(), "an object");
}

const json* SpecReader::find(const char* key, Applies applies, bool required) {
  if (applies.here) known_.emplace_back(key);
  const auto found = object_.find(key);
  if (found == object_.end()) {
    if (required) source_.refuse(pointer_, "\"" + std::string(key) + "\" is missing");
    return nullptr;
  }
  if (!applies.here)
    source_.refuse(pointer_of(key), std::string("has a meaning for ") + applies.when + " only; leave it out");
  return &*found;
}

void SpecReader::finish() {
  for (const auto& [key, value] : object_.items())
    if (std::find(known_.begin(), known_.end(), key) == known_.end()) {
      json::json_pointer at(pointer_);
      at.push_back(key);
      source_.refuse(at.to_string(), "unknown key" + suggestion(key, known_));
    }
}

void SpecReader::check_type(const std::string& pointer, const json& value, bool right,
                            const char* wanted) const {
  if (!right) source_.refuse(pointer, "expected " + std::string(wanted) + ", not " + short_text(value));
}

void SpecReader::check_list(const std::string& pointer, const json& value, ListLimits list) const {
  check_type(pointer, value, value.is_array(), "a list");
  if (value.size() < list.least || value.size() > list.most)
    source_.refuse(pointer, "has " + std::to_string(value.size()) + " elements; expected " +
                                std::to_string(list.least) + " to " + std::to_string(list.most));
}

void SpecReader::check_limits(const std::string& pointer, double value, Limits limits,
                              const std::string& given_text) const {
  const bool low = limits.above_minimum ? value > limits.minimum : value >= limits.minimum;
  const bool high = limits.below_maximum ? value < limits.maximum : value <= limits.maximum;
  if (!low || !high || !std::isfinite(value))
    source_.refuse(pointer, given_text + " is out of range; expected a number " + range_text(limits));
}

double SpecReader::checked_integer(const std::string& pointer, const json& value, Limits limits) const {
  check_type(pointer, value, value.is_number(), "an integer");
  const double number = value.get<double>();
  check_type(pointer, value, std::floor(number) == number, "an integer");
  limits.maximum = std::min(limits.maximum, kLargestInteger);
  check_limits(pointer, number, limits, short_text(value));
  return number;
}

std::size_t SpecReader::chosen(const std::string& pointer, const json& value,
                               const std::vector<std::string>& names,
                               const std::vector<std::string>& available) const {
  check_type(pointer, value, value.is_string(), "a name");
  const auto wanted = value.get<std::string>();
  const auto found = std::find(names.begin(), names.end(), wanted);
  if (found == names.end())
    source_.refuse(pointer, short_text(value) + " is unknown" + suggestion(wanted, available));
  if (std::find(available.begin(), available.end(), wanted) == available.end())
    source_.refuse_later(pointer, "\"" + wanted + "\" is not in this version; it has " + joined(available));
  return static_cast<std::size_t>(found - names.begin());
}

void SpecReader::text(const char* key, std::string& value, const char*, bool required) {
  const json* found = find(key, {}, required);
  if (found == nullptr) return;
  check_type(pointer_of(key), *found, found->is_string(), "a text");
  value = found->get<std::string>();
  if (value.empty() && required) source_.refuse(pointer_of(key), "is empty");
  if (value.find('\0') != value.npos) source_.refuse(pointer_of(key), "contains a zero character");
}

void SpecReader::texts(const char* key, std::vector<std::string>& value, ListLimits list, const char*) {
  const json* found = find(key, {});
  if (found == nullptr) return;
  check_list(pointer_of(key), *found, list);
  value.clear();
  for (std::size_t i = 0; i < found->size(); ++i) {
    const std::string at = pointer_of(key) + "/" + std::to_string(i);
    check_type(at, (*found)[i], (*found)[i].is_string(), "a text");
    value.push_back((*found)[i].get<std::string>());
    if (std::count(value.begin(), value.end(), value.back()) > 1) source_.refuse(at, "stands there twice");
  }
}

void SpecReader::boolean(const char* key, bool& value, const char*) {
  const json* found = find(key, {});
  if (found == nullptr) return;
  check_type(pointer_of(key), *found, found->is_boolean(), "true or false");
  value = found->get<bool>();
}

void SpecReader::number(const char* key, double& value, Limits limits, const char*, Applies applies) {
  const json* found = find(key, applies);
  if (found == nullptr) return;
  check_type(pointer_of(key), *found, found->is_number(), "a number");
  check_limits(pointer_of(key), found->get<double>(), limits, short_text(*found));
  value = found->get<double>();
}

void SpecReader::integers(const char* key, std::vector<int>& value, ListLimits list, Limits limits,
                          const char*, Applies applies) {
  const json* found = find(key, applies);
  if (found == nullptr) return;
  check_list(pointer_of(key), *found, list);
  value.clear();
  for (std::size_t i = 0; i < found->size(); ++i)
    value.push_back(
        static_cast<int>(checked_integer(pointer_of(key) + "/" + std::to_string(i), (*found)[i], limits)));
}

void SpecReader::seeds(const char* key, std::vector<std::uint64_t>& value, ListLimits list, const char*) {
  const json* found = find(key, {});
  if (found == nullptr) return;
  check_list(pointer_of(key), *found, list);
  value.clear();
  std::set<std::uint64_t> seen;
  for (std::size_t i = 0; i < found->size(); ++i) {
    const std::string at = pointer_of(key) + "/" + std::to_string(i);
    value.push_back(static_cast<std::uint64_t>(checked_integer(at, (*found)[i], {0, kLargestInteger})));
    if (!seen.insert(value.back()).second) source_.refuse(at, "this seed stands there twice");
  }
}

void SpecReader::later(const char* key, const char* what) {
  if (find(key, {}))
    source_.refuse_later(pointer_of(key), std::string(what) + ": not in this version; leave it out");
  known_.pop_back();  // not offered
}

void SpecReader::only(const char* key, const char* name, std::vector<std::string> not_yet, const char*) {
  const json* found = find(key, {});
  if (found == nullptr) return;
  not_yet.insert(not_yet.begin(), name);
  chosen(pointer_of(key), *found, not_yet, {name});
}

Experiment read_experiment(const SpecSource& source, const std::string& default_name) {
  Experiment experiment;
  experiment.name = default_name;
  SpecReader reader(source, "", source.text.value);
  declare(reader, experiment);
  reader.finish();
  check_experiment(source, experiment);
  return experiment;
}

}  // namespace genretrack
