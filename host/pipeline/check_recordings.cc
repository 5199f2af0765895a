#include "host/pipeline/check_recordings.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <vector>

#include "host/cache/cache_file.h"
#include "host/cache/recording_file.h"
#include "host/core/error.h"
#include "host/core/interrupt.h"

namespace genretrack {

void check_recordings(const Dataset& dataset, const std::filesystem::path& cache) {
  const CacheFile file = open_cache_file(cache);
  std::unordered_map<std::string, std::size_t> rows;
  for (std::size_t row = 0; row < file.header.clips.size(); ++row)
    rows.emplace(file.header.clips[row].id, row);
  std::vector<std::byte> buffer;
  std::size_t changed = 0;
  std::string first;
  for (const Clip& clip : dataset.clips) {
    throw_if_interrupted("nothing was changed, and the same command starts again");
    const auto row = rows.find(clip.id);
    if (row == rows.end() || identity_of(clip.path) == file.header.files[row->second]) continue;
    if (hash_file(clip.path, buffer) == file.header.clips[row->second].audio_hash) continue;
    if (changed++ == 0) first = clip.id;
  }
  if (changed == 0) return;
  throw Error(ErrorKind::kData,
              cache.string() + ": was made of other recordings: " + std::to_string(changed) + " of " +
                  std::to_string(dataset.clips.size()) + " have changed since, such as " + first +
                  "; bring it up to date with genretrack cache and -o " + cache.string());
}

}  // namespace genretrack
