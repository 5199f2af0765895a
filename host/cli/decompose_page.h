// The page of one recording's components.
#pragma once

#include <filesystem>
#include <string>

#include "host/backend/device.h"
#include "host/cli/decomposition.h"

namespace genretrack {

std::string share_text(const Component& component);  // "62 % (55 to 70)"

// `page` is where it will lie, from where the recording is played. The transforms are drawn of the first half
// hour at most. Throws what recording_pictures() does.
std::string decompose_page(const AppliedRun& run, const Decomposition& song, const std::string& method,
                           const std::filesystem::path& audio, const std::filesystem::path& page,
                           Device device);

}  // namespace genretrack
