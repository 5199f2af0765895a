// split.csv and predictions.csv of a training (docs/run_folder.md), and predictions pooled over trainings.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "host/analysis/predictions.h"

namespace genretrack {

// split.csv: what is known of every clip of one training.
struct SplitClip {
  std::string genre, artist, part;
};
using SplitClips = std::map<std::string, SplitClip>;

// Throws Error(kData) with file, line and remedy for missing columns, a clip that stands twice or an unknown
// part.
SplitClips read_split(const std::filesystem::path& path);

struct PartPredictions {
  Predictions validation, test;
};

// Throws Error(kData) with file, line and remedy: other columns than part, clip, truth and the genres; a
// number that is none or lies outside [0, 1]; rows that do not sum to 1; a clip that stands twice, is
// missing, or has another part or genre than `split` says.
PartPredictions read_predictions(const std::filesystem::path& path, const std::vector<std::string>& genres,
                                 const SplitClips& split);

// Per clip the mean over all sets that hold it: over seeds, and over folds where a clip is in several of
// them. Clips are sorted. All sets have the same genres.
Predictions pooled(const std::vector<const Predictions*>& sets);

}  // namespace genretrack
