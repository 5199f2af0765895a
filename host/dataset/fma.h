// The Free Music Archive data set (Defferrard et al. 2017, "FMA: A Dataset for Music Analysis"): recordings
// as fma_small/000/000002.mp3, and what is known of them in fma_metadata/tracks.csv.
#pragma once

#include <filesystem>
#include <optional>

#include "host/dataset/dataset.h"

namespace genretrack {

struct FmaPlace {
  std::filesystem::path tracks;  // tracks.csv
  std::filesystem::path audio;   // the folder with 000, 001, ...
};

// Where `path` is a folder with fma_metadata/tracks.csv in it, that file, or one of the folders of recordings
// beside fma_metadata; nothing where it is none of these. Throws Error(kData) where there are several folders
// of recordings to choose from, or none.
std::optional<FmaPlace> find_fma(const std::filesystem::path& path);

// Name, root, clips (of the tracks whose recording is there and that have a top genre) and notes. Throws
// Error(kData) with file:line for a table that is not FMA's, a track listed twice or a recording that is
// there twice. The memory it takes follows from the recordings, not from the table.
void read_fma(const FmaPlace& place, Dataset& dataset);

}  // namespace genretrack
