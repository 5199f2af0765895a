// A file that stands for many experiments: one base, varied over a grid or by random draws.
#pragma once

#include <filesystem>
#include <vector>

#include "host/spec/experiment.h"
#include "host/spec/overrides.h"
#include "host/spec/spec_reader.h"

namespace genretrack {

inline constexpr std::size_t kMostExperiments = 1000;  // of one sweep

// Whether a file's content is meant as a sweep.
bool is_sweep(const nlohmann::json& value);

// The experiment file as text with places. Throws Error(kSpec).
SpecSource read_source(const std::filesystem::path& path);

// Every experiment of the sweep, with its point. {"base": "late.json"} and either "grid" ({"/pointer":
// [values]}: every combination, the last axis fastest, axes in the order of their pointers) or "random"
// ({"/pointer": {"uniform": [low, high]} | {"log_uniform": [low, high]} | {"integer": [low, high]} |
// {"choice": [values]}}, with "draws" and "seed"). A draw depends on the seed, its number and the axes alone:
// more draws keep the first ones. The overrides change the base and must not set what varies. Throws
// Error(kSpec) with the place.
std::vector<Experiment> expand_sweep(const SpecSource& file, const std::filesystem::path& path,
                                     const std::vector<Override>& overrides);

}  // namespace genretrack
