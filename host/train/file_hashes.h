// Whether the files of a finished training are still those that were written.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

namespace genretrack {

// XXH3-128 in hexadecimal digits.
std::string hash_text(std::string_view text);

// {"predictions.csv": hash of its bytes, ...}. Throws Error(kData) for a file that cannot be read.
nlohmann::ordered_json hash_files(const std::filesystem::path& folder, std::span<const char* const> names);

// Those of `names` that are missing, or whose bytes do not agree with `hashes` (or are not in it).
std::vector<std::string> changed_files(const std::filesystem::path& folder,
                                       std::span<const char* const> names,
                                       const nlohmann::ordered_json& hashes);

}  // namespace genretrack
