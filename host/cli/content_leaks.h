// Leaks that only the recordings themselves show.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "host/dataset/split.h"

namespace genretrack {

// Recordings that are equal byte for byte, or one sound by the doctor's fingerprints, in two parts of the
// split: Error(kData) that names them, or with allow_leakage a mark on the split. `audio_hashes` are by clip;
// `store` is where what was heard is kept, empty for nowhere.
void check_content(const Dataset& dataset, const std::vector<std::uint64_t>& audio_hashes,
                   const std::filesystem::path& store, int threads, const SplitParams& params, Split& split);

}  // namespace genretrack
