// Experiment files to experiments, and back.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "host/spec/experiment.h"

namespace genretrack {

// Every experiment that the given files and folders (their *.json, sorted) stand for: sweeps expanded, the
// `overrides` ("/json/pointer=value", the value JSON or else a string) applied before expansion. All are
// checked before any is returned. Throws Error(kSpec) with file:line:column, JSON pointer, what is allowed
// and the nearest known name; Error(kUnsupported), with the same place, for what has a meaning but is not
// there yet; Error(kUsage) for an override that leads nowhere. Two experiments with one name are refused.
// Several bad files make one error, with the first problem of each on a line of its own; its kind is kSpec
// where one is, else kUsage where one is.
std::vector<Experiment> read_experiments(const std::vector<std::filesystem::path>& paths,
                                         const std::vector<std::string>& overrides);

// A resolved spec that a file of a run holds as text; `source` is for messages. Throws Error(kSpec) and
// Error(kUnsupported) as above.
Experiment experiment_of_text(const std::string& text, const std::string& source);

// The resolved spec, every field written out; read_experiments() reads it back to an equal experiment.
nlohmann::ordered_json to_json(const Experiment& experiment);

// JSON Schema (2020-12) of an experiment file, and docs/spec.md, both from the same declarations.
nlohmann::ordered_json experiment_schema();
std::string experiment_documentation();

}  // namespace genretrack
