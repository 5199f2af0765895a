#include "host/spec/overrides.h"

#include <charconv>
#include <vector>

namespace genretrack {
namespace {

using nlohmann::json;

[[noreturn]] void refuse(const std::string& origin, const std::string& what) {
  throw Error(ErrorKind::kUsage, origin + ": " + what);
}

std::vector<std::string> steps_of(const std::string& pointer, const std::string& origin) {
  std::vector<std::string> steps;
  try {
    for (json::json_pointer at(pointer); !at.empty(); at.pop_back()) steps.insert(steps.begin(), at.back());
  } catch (const json::exception&) {
    refuse(origin, "\"" + pointer + "\" is no JSON pointer; it looks like /training/epochs");
  }
  if (steps.empty()) refuse(origin, "names no field; it looks like /training/epochs=40");
  if (steps.size() > 16) refuse(origin, "leads deeper than any field");
  return steps;
}

// The place of one step: a member, made where missing, or an element that is there.
json& enter(json& here, const std::string& step, const std::string& pointer, const std::string& origin) {
  if (here.is_object()) return here[step];
  if (!here.is_array())
    refuse(origin, pointer + " leads through " + here.dump(-1, ' ', false, json::error_handler_t::replace) +
                       ", which has no fields");
  std::size_t index = 0;
  const auto [end, problem] = std::from_chars(step.data(), step.data() + step.size(), index);
  if (problem != std::errc() || end != step.data() + step.size() || index >= here.size())
    refuse(origin, pointer + ": \"" + step + "\" is no element of a list of " + std::to_string(here.size()));
  return here[index];
}

}  // namespace

Override parse_override(const std::string& argument) {
  const std::string origin = "--set " + argument;
  const std::size_t equals = argument.find('=');
  if (equals == std::string::npos || argument.empty() || argument[0] != '/')
    refuse(origin, "expected /json/pointer=value, such as /training/epochs=40");
  const std::string text = argument.substr(equals + 1);
  json value = json::parse(text, nullptr, false);
  if (value.is_discarded()) value = text;
  return {argument.substr(0, equals), std::move(value), origin};
}

void apply(const Override& change, SpecSource& source) {
  const std::vector<std::string> steps = steps_of(change.pointer, change.origin);
  if (!source.text.value.is_object()) return;  // refused by the reader with its place
  json* here = &source.text.value;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    json& next = enter(*here, steps[i], change.pointer, change.origin);
    if (i + 1 < steps.size() && next.is_null()) next = json::object();
    here = &next;
  }
  *here = change.value;
  source.overridden[change.pointer] = change.origin;
}

}  // namespace genretrack
