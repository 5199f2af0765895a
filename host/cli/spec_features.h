// The feature parameters that an experiment file asks for.
#pragma once

#include <filesystem>

#include "host/dsp/feature_params.h"

namespace genretrack {

// Throws what read_experiments() does, and Error(kSpec) where the file's experiments have different features.
FeatureParams features_of_spec(const std::filesystem::path& spec);

}  // namespace genretrack
