// build_cache() with the maker of extractors left open, so that tests can watch and disturb it.
#pragma once

#include <functional>
#include <memory>

#include "host/pipeline/build_cache.h"

namespace genretrack {

using ExtractorMaker = std::function<std::unique_ptr<FeatureExtractor>()>;

BuildReport build_cache_with(const ExtractorMaker& make_extractor, const Dataset& dataset,
                             const FeatureParams& params, const std::filesystem::path& target,
                             const BuildOptions& options);

}  // namespace genretrack
