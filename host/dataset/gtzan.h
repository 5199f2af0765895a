// What is known about each of GTZAN's 1000 clips (data/gtzan.csv; sources in data/README.md).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace genretrack {

struct GtzanClip {
  std::string clip;  // "blues.00000"
  std::string genre;
  std::string artist;          // empty where unknown
  std::optional<int> year;     // of release, as a fingerprint match found it
  std::string fault_filtered;  // train, validation, test; empty where the clip is in none of the lists
  std::string artist_fold;     // "1" to "3"; empty where the published folds do not have it
  std::string replica_of;      // the first clip with the same sound; empty for a clip without an earlier copy
};

// The clip of this stem, or nullptr. The genre must agree: another collection may use such a name.
const GtzanClip* find_gtzan_clip(std::string_view stem, std::string_view genre);

}  // namespace genretrack
