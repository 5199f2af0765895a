#include "host/pipeline/clip_reuse.h"

#include "host/cache/recording_file.h"
#include "host/core/error.h"

namespace genretrack {
namespace {

std::string difference(const CacheHeader& had, const CacheHeader& wanted) {
  if (had.params != wanted.params) return "other feature parameters";
  if (had.extractor_version != wanted.extractor_version)
    return "computed by another version of the transforms";
  return "stored in another number format";
}

bool same_description(const CachedClip& a, const CachedClip& b) {
  return a.id == b.id && a.path == b.path && a.genre == b.genre && a.artist == b.artist &&
         a.year.value_or(0) == b.year.value_or(0);
}

}  // namespace

EarlierCache::EarlierCache(const std::filesystem::path& target, const CacheHeader& plan) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(target, ignored)) return;
  try {
    cache_ = open_cache_file(target);
  } catch (const Error&) {
    reason_ = has_another_format(target) ? "the earlier cache file has another format"
                                         : "the earlier cache file was damaged";
    return;
  }
  if (rows_key(cache_->header) != rows_key(plan)) {
    reason_ = difference(cache_->header, plan);
    cache_.reset();
    return;
  }
  const auto& clips = cache_->header.clips;
  for (std::size_t i = 0; i < clips.size(); ++i) {
    ids_.emplace(clips[i].id, i);
    audio_.emplace(clips[i].audio_hash, i);
  }
}

std::optional<std::size_t> EarlierCache::row_of_id(const std::string& id) const {
  const auto found = ids_.find(id);
  return found == ids_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::size_t> EarlierCache::row_of_audio(std::uint64_t audio_hash) const {
  const auto found = audio_.find(audio_hash);
  return found == audio_.end() ? std::nullopt : std::optional(found->second);
}

bool EarlierCache::is_current(const CacheHeader& plan) const {
  if (!cache_ || cache_->header.clips.size() != plan.clips.size()) return false;
  for (std::size_t i = 0; i < plan.clips.size(); ++i)
    if (!same_description(plan.clips[i], cache_->header.clips[i]) ||
        identity_of(plan.clips[i].path) != cache_->header.files[i])
      return false;
  return true;
}

}  // namespace genretrack
