// Which clips of an existing cache may be taken over, and why not.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <unordered_map>

#include "host/cache/cache_file.h"

namespace genretrack {

// The finished cache that stands at the target, if one does and its rows are of the same kind as the plan's.
class EarlierCache {
 public:
  EarlierCache(const std::filesystem::path& target, const CacheHeader& plan);

  bool usable() const { return cache_.has_value(); }
  const CacheFile& file() const { return *cache_; }
  // Why a clip's row is computed where nothing of the clip itself is the reason.
  const std::string& reason() const { return reason_; }

  std::optional<std::size_t> row_of_id(const std::string& id) const;
  std::optional<std::size_t> row_of_audio(std::uint64_t audio_hash) const;

  // The target holds exactly the plan's clips, described alike, from files that have not been touched.
  bool is_current(const CacheHeader& plan) const;

 private:
  std::optional<CacheFile> cache_;
  std::string reason_ = "new";
  std::unordered_map<std::string, std::size_t> ids_;
  std::unordered_map<std::uint64_t, std::size_t> audio_;
};

}  // namespace genretrack
