// From recordings to a finished feature cache: decode, transform and store, overlapped; resumed where an
// earlier build stopped, and doing nothing for clips whose rows are still valid.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "host/backend/device.h"
#include "host/cache/feature_cache.h"
#include "host/dataset/dataset.h"

namespace genretrack {

struct BuildOptions {
  Device device = Device::kAuto;
  Storage storage = Storage::kFloat32;
  int threads = 0;               // 0: one per core
  bool verify = false;           // read and hash every recording and every stored row, trust no mtime
  bool skip_unreadable = false;  // leave out clips that cannot be decoded instead of failing at the end
  std::function<void(std::size_t done, std::size_t total)> progress;  // called from one thread at a time
};

struct ClipOutcome {
  std::string id;
  bool computed = false;  // else reused
  std::string reason;     // one of those of docs/cache.md, such as "new", "audio changed", "unchanged"
};
// The reason of a clip whose row did not agree with its hash.
inline constexpr const char* kDamagedRow = "the stored row was damaged";
struct UnreadableClip {
  std::string id, message;
};
struct BuildReport {
  std::vector<ClipOutcome> clips;
  std::vector<UnreadableClip> unreadable;
  std::size_t computed = 0, reused = 0, cut = 0, padded = 0;  // cut or padded to clip_seconds, of all clips
  double seconds = 0;
};

// Makes `target` hold exactly the data set's clips for these parameters. An interrupt throws
// Error(kInterrupted) and keeps the journal; unreadable clips throw Error(kData) that names them after all
// others were computed, unless skipped. Throws Error(kData) for a target that cannot be written or that
// another program is building, and Error(kUnsupported) as make_feature_extractor does.
BuildReport build_cache(const Dataset& dataset, const FeatureParams& params,
                        const std::filesystem::path& target, const BuildOptions& options);

}  // namespace genretrack
