#include "host/cli/clip_pictures.h"

#include <spdlog/spdlog.h>

#include <memory>
#include <set>

#include "host/cache/feature_cache.h"
#include "host/cli/transform_pictures.h"
#include "host/core/error.h"
#include "host/core/utf8.h"
#include "host/report/picture.h"

namespace genretrack {
namespace {

namespace fs = std::filesystem;

constexpr int kMostColumns = 240, kMostRows = 96;

using Caches = std::vector<std::shared_ptr<const FeatureCache>>;

Caches caches_of(const Comparison& comparison) {
  std::set<fs::path> tried;
  Caches caches;
  for (const std::size_t index : comparison.detailed) {
    const RunRecord& run = comparison.runs[index].run;
    const fs::path named = run.trainings.front().environment.cache;
    if (named.empty()) continue;
    for (const fs::path& path : {named, run.path.parent_path() / ".cache" / named.filename()}) {
      std::error_code ignored;
      const fs::path real = fs::weakly_canonical(path, ignored);
      if (!fs::is_regular_file(path, ignored) || !tried.insert(real).second) continue;
      try {
        caches.push_back(std::make_shared<const FeatureCache>(path));
      } catch (const Error& error) {
        spdlog::warn("no pictures of clips from {}", one_line(error.what()));
      }
    }
  }
  return caches;
}

std::vector<PictureKind> kinds_of(const FeatureParams& params) {
  return {PictureKind::kSpectrogram, picture_of(params.percussion), PictureKind::kMfcc,
          PictureKind::kChromagram};
}

ClipPictures pictures_of(const FeatureCache& cache, std::size_t row) {
  const FeatureParams& params = cache.params();
  ClipPictures pictures;
  for (const PictureKind kind : kinds_of(params)) {
    const Transform transform = transform_of(kind);
    std::vector<float> values(static_cast<std::size_t>(params.rows(transform)) *
                              static_cast<std::size_t>(params.frame_count()));
    cache.read(transform, std::span(&row, 1), values);
    std::vector<Picture> drawn =
        transform_pictures(kind, params, {0, params.frame_count(), 0}, values, kMostColumns);
    const std::string title = drawn.front().title;  // before the picture is moved from
    pictures.emplace_back(title, heat_map_png(reduced(std::move(drawn.front()), kMostColumns, kMostRows)));
  }
  return pictures;
}

}  // namespace

PicturesOfClip clip_pictures(const Comparison& comparison) {
  const Caches caches = caches_of(comparison);
  if (caches.empty()) return {};
  return [caches](const std::string& clip) {
    for (const auto& cache : caches)
      if (const std::optional<std::size_t> row = cache->find(clip)) {
        try {
          return pictures_of(*cache, *row);
        } catch (const Error& error) {
          spdlog::warn("no pictures of {}: {}", one_line(clip), one_line(error.what()));
        }
      }
    return ClipPictures();
  };
}

}  // namespace genretrack
