#include "host/spec/spec_reader.h"

#include <algorithm>
#include <set>

#include "host/spec/nearest_name.h"

namespace genretrack {
namespace {

using nlohmann::json;

constexpr double kLargestInteger = 9007199254740991.0;  // 2^53 - 1: what every JSON reader agrees on

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace

std::string range_text(Limits limits) {
  const bool low = limits.minimum > std::numeric_limits<double>::lowest();
  const bool high = limits.maximum < std::numeric_limits<double>::max();
  const std::string least = limit_text(limits.minimum), most = limit_text(limits.maximum);
  if (low && high && !limits.above_minimum && !limits.below_maximum) return "from " + least + " to " + most;
  std::string text;
  if (low) text += (limits.above_minimum ? "above " : "at least ") + least;
  if (low && high) text += " and ";
  if (high) text += (limits.below_maximum ? "below " : "at most ") + most;
  return text;
}

const SpecSource::Origin* SpecSource::override_at(const std::string& pointer) const {
  const Origin* closest = nullptr;  // prefixes of one pointer come in the order of their lengths
  for (const auto& [at, origin] : overridden)
    if (pointer == at || (origin.whole && pointer.starts_with(at + "/"))) closest = &origin;
  return closest;
}

std::string SpecSource::where(const std::string& pointer, const std::vector<std::string>& others) const {
  const Origin* origin = override_at(pointer);
  std::string place = origin ? origin->text + ": " + shortened(pointer, 200) : text.where(pointer);
  std::set<std::string> named;
  if (origin) named.insert(origin->text);
  for (const std::string& other : others)
    if (const Origin* also = override_at(other); also && named.insert(also->text).second)
      place = also->text + ": " + place;
  return place;
}

void SpecSource::refuse(const std::string& pointer, const std::string& what,
                        const std::vector<std::string>& others) const {
  const Origin* origin = override_at(pointer);
  ErrorKind kind = origin ? origin->kind : ErrorKind::kSpec;
  for (const std::string& other : others)
    if (const Origin* also = override_at(other); also && also->kind != ErrorKind::kSpec) kind = also->kind;
  throw spec_error(kind, where(pointer, others) + ": " + what);
}

void SpecSource::refuse_later(const std::string& pointer, const std::string& what,
                              const std::vector<std::string>& others) const {
  throw spec_error(ErrorKind::kUnsupported, where(pointer, others) + ": " + what);
}

SpecReader::SpecReader(const SpecSource& source, std::string pointer, const json& object)
    : source_(source), pointer_(std::move(pointer)), object_(object) {
  check_type(pointer_, object_, object_.is_object(), "an object");
}

const json* SpecReader::find(const char* key, Applies applies, bool required) {
  if (applies.here) known_.emplace_back(key);
  const auto found = object_.find(key);
  if (found == object_.end()) {
    if (!required) return nullptr;
    std::string what = "\"" + std::string(key) + "\" is missing";
    for (const auto& [given, _] : object_.items())
      if (!nearest_name(given, {key}).empty()) what += "; did you mean it by " + short_text(given) + "?";
    source_.refuse(pointer_, what);
  }
  if (!applies.here)
    source_.refuse(pointer_of(key), std::string("has a meaning for ") + applies.when + " only; leave it out",
                   {pointer_of(applies.decided_by)});
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
    source_.refuse(pointer, "has " + std::to_string(value.size()) +
                                (value.size() == 1 ? " element" : " elements") + "; expected " +
                                std::to_string(list.least) + " to " + std::to_string(list.most));
}

void SpecReader::check_limits(const std::string& pointer, const json& value, Limits limits,
                              const char* wanted) const {
  const auto number = value.get<double>();
  const bool low = limits.above_minimum ? number > limits.minimum : number >= limits.minimum;
  const bool high = limits.below_maximum ? number < limits.maximum : number <= limits.maximum;
  if (low && high && std::isfinite(number)) return;
  const std::string given = value.is_number_float() ? limit_text(number) : short_text(value);
  source_.refuse(pointer, given + " is out of range; expected " + wanted + " " + range_text(limits));
}

double SpecReader::checked_integer(const std::string& pointer, const json& value, Limits limits) const {
  check_type(pointer, value, value.is_number(), "an integer");
  const auto number = value.get<double>();
  check_type(pointer, value, std::floor(number) == number, "an integer");
  limits.maximum = std::min(limits.maximum, kLargestInteger);
  check_limits(pointer, value, limits, "an integer");
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

void SpecReader::text(const char* key, std::string& value, const char*, bool required, Applies applies) {
  const json* found = find(key, applies, required);
  if (found == nullptr) return;
  check_type(pointer_of(key), *found, found->is_string(), "a text");
  value = found->get<std::string>();
  if (value.empty() && required) source_.refuse(pointer_of(key), "is empty");
  if (value.find('\0') != value.npos) source_.refuse(pointer_of(key), "contains a zero character");
}

void SpecReader::texts(const char* key, std::vector<std::string>& value, ListLimits list, const char*,
                       Applies applies) {
  const json* found = find(key, applies);
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

void SpecReader::boolean(const char* key, bool& value, const char*, Applies applies) {
  const json* found = find(key, applies);
  if (found == nullptr) return;
  check_type(pointer_of(key), *found, found->is_boolean(), "true or false");
  value = found->get<bool>();
}

void SpecReader::number(const char* key, double& value, Limits limits, const char*, Applies applies) {
  const json* found = find(key, applies);
  if (found == nullptr) return;
  check_type(pointer_of(key), *found, found->is_number(), "a number");
  check_limits(pointer_of(key), *found, limits, "a number");
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

MapSize SpecReader::checked_size(const std::string& pointer, const json& value, Limits limits) const {
  const auto side = [&](const std::string& at, const json& number) {
    return static_cast<int>(checked_integer(at, number, limits));
  };
  if (!value.is_array()) {
    check_type(pointer, value, value.is_number(), "an integer or a pair [rows, frames] of integers");
    const int both = side(pointer, value);
    return {both, both};
  }
  check_list(pointer, value, {2, 2});
  const int height = side(pointer + "/0", value[0]);
  return {height, side(pointer + "/1", value[1])};
}

void SpecReader::size(const char* key, MapSize& value, Limits limits, const char*, Applies applies) {
  if (const json* found = find(key, applies)) value = checked_size(pointer_of(key), *found, limits);
}

void SpecReader::sizes(const char* key, std::vector<MapSize>& value, Limits limits, const char*,
                       Applies applies) {
  const json* found = find(key, applies);
  if (found == nullptr) return;
  check_list(pointer_of(key), *found, {1, 8});
  value.clear();
  for (std::size_t i = 0; i < found->size(); ++i)
    value.push_back(checked_size(pointer_of(key) + "/" + std::to_string(i), (*found)[i], limits));
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
