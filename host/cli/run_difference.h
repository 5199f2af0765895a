// Where two trainings of one spec differ, and what may have made them differ.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

namespace genretrack {

// {"folder", "equal" (predictions.csv, byte for byte), "bytes", "model_equal", "difference" (the first one,
// in words), "largest_difference", "changes": [what differs of version, device, threads and recordings]}.
// `there` is the original training's folder, `here` the new one. Throws Error(kData) for files that cannot be
// read.
nlohmann::ordered_json compare_trainings(const std::filesystem::path& there,
                                         const std::filesystem::path& here);

}  // namespace genretrack
