// A data set given as a CSV file.
#pragma once

#include <filesystem>
#include <vector>

#include "host/dataset/dataset.h"

namespace genretrack {

// The clips of a CSV file with the columns path,genre[,artist,year,split], in the file's order; other columns
// are ignored. Relative paths start at the CSV file's folder, or at `data_root` (which may be empty) where
// there is no such recording. Throws Error(kData) with file:line for an empty path or genre, a path that
// leads out of both folders, a missing recording, a clip listed twice, a year or a split that is none.
std::vector<Clip> read_manifest(const std::filesystem::path& path,
                                const std::filesystem::path& data_root = {});

}  // namespace genretrack
