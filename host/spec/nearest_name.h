// "did you mean ...?"
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace genretrack {

// The allowed name that is fewest edits away (Levenshtein), or nothing where none is near: more than a third
// of its letters wrong.
std::string nearest_name(std::string_view name, const std::vector<std::string>& allowed);

// "; did you mean "epochs"? allowed here: a, b, c"
std::string suggestion(std::string_view name, const std::vector<std::string>& allowed);

}  // namespace genretrack
