// Fields set from outside a file: --set on the command line, and the points of a sweep's grid.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "host/spec/spec_reader.h"

namespace genretrack {

struct Override {
  std::string pointer;
  nlohmann::json value;
  std::string origin;  // "--set /training/epochs=40", or the sweep's file and place
  ErrorKind kind = ErrorKind::kUsage;
};

// "/json/pointer=value", the value JSON or else text. Throws Error(kUsage).
Override parse_override(const std::string& argument);

// Puts the value where the pointer leads, making missing objects on the way (whether they belong there is the
// reader's to say) and an object of a name that stands for one. Throws Error(change.kind) where the way is
// blocked: through a value that is no object, or past the end of a list.
void apply(const Override& change, SpecSource& source);

}  // namespace genretrack
