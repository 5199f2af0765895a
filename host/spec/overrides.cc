#include "host/spec/overrides.h"

#include <algorithm>
#include <charconv>
#include <vector>

namespace genretrack {
namespace {

using nlohmann::json;

[[noreturn]] void refuse(const Override& change, const std::string& what) {
  throw spec_error(change.kind, change.origin + ": " + what);
}

std::vector<std::string> steps_of(const Override& change) {
  std::vector<std::string> steps;
  try {
    for (json::json_pointer at(change.pointer); !at.empty(); at.pop_back()) steps.push_back(at.back());
  } catch (const json::exception&) {
    refuse(change, short_text(change.pointer) + " is no JSON pointer; it looks like /training/epochs");
  }
  if (steps.empty()) refuse(change, "names no field; it looks like /training/epochs");
  if (steps.size() > 16) refuse(change, "leads deeper than any field");
  std::reverse(steps.begin(), steps.end());
  return steps;
}

// The place of one step from `here`, which `at` points to and is set to: a member, made where missing, or an
// element that is there.
json& enter(json& here, const std::string& step, json::json_pointer& at, const Override& change) {
  const std::string from = shortened(at.to_string(), 200);
  if (here.is_string() && std::find(kNamedObjects.begin(), kNamedObjects.end(), from) != kNamedObjects.end())
    here = json{{"type", here}};
  if (here.is_object()) {
    at.push_back(step);
    return here[step];
  }
  if (!here.is_array())
    refuse(change, from + " is " + short_text(here) + ", which has no field " + short_text(step));
  std::size_t index = 0;
  const auto [end, problem] = std::from_chars(step.data(), step.data() + step.size(), index);
  if (problem != std::errc() || end != step.data() + step.size() || index >= here.size())
    refuse(change, shortened(change.pointer, 200) + ": " + short_text(step) + " is no element of " + from +
                       ", a list of " + std::to_string(here.size()) + "; the first is 0");
  at.push_back(std::to_string(index));
  return here[index];
}

}  // namespace

Override parse_override(const std::string& argument) {
  if (!is_utf8(argument)) throw Error(ErrorKind::kUsage, "--set: the argument is not UTF-8");
  Override change{"", {}, "--set " + shortened(argument, 80)};
  const std::size_t equals = argument.find('=');
  if (equals == std::string::npos || argument[0] != '/')
    refuse(change, "expected /json/pointer=value, such as /training/epochs=40");
  change.pointer = argument.substr(0, equals);
  const std::string text = argument.substr(equals + 1);
  try {
    change.value = parse_json_text(text, "value").value;
  } catch (const Error& error) {
    if (json::accept(text)) refuse(change, error.what());  // JSON, but with a key twice or bottomless
    change.value = text;
  }
  return change;
}

void apply(const Override& change, SpecSource& source) {
  const std::vector<std::string> steps = steps_of(change);
  if (!source.text.value.is_object()) return;  // refused by the reader with its place
  json* here = &source.text.value;
  json::json_pointer at;
  for (const std::string& step : steps) {
    if (here->is_null()) {  // an object of this override's making
      *here = json::object();
      source.overridden[at.to_string()] = {change.origin, change.kind, false};
    }
    here = &enter(*here, step, at, change);
  }
  *here = change.value;
  const std::string pointer = at.to_string();
  std::erase_if(source.overridden,
                [&](const auto& earlier) { return earlier.first.starts_with(pointer + "/"); });
  source.overridden[pointer] = {change.origin, change.kind};
}

}  // namespace genretrack
