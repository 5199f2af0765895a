// Whether a cache that is taken as it is still speaks of the recordings that are there.
#pragma once

#include <filesystem>

#include "host/dataset/dataset.h"

namespace genretrack {

// Compares the audio of every clip that both have; reads only files whose size, time or inode differ from
// those stored. Throws Error(kData) that names the first that has changed, and as FeatureCache does.
void check_recordings(const Dataset& dataset, const std::filesystem::path& cache);

}  // namespace genretrack
