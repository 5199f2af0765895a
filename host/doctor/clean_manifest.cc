#include <algorithm>
#include <array>
#include <set>

#include "host/core/csv.h"
#include "host/core/error.h"
#include "host/doctor/examine_dataset.h"

namespace genretrack {
namespace {

namespace fs = std::filesystem;

// As it is written in a manifest in `folder`: without "..", which other places may not have.
std::string path_from(const fs::path& folder, const fs::path& recording) {
  const fs::path absolute = fs::absolute(recording).lexically_normal();
  const fs::path relative = absolute.lexically_relative(fs::absolute(folder).lexically_normal());
  const bool below = !relative.empty() && *relative.begin() != "..";
  return (below ? relative : absolute).generic_string();
}

}  // namespace

std::string manifest_header() {
  return csv_line(std::array<std::string, 5>{"path", "genre", "artist", "year", "split"});
}

std::string clean_manifest(const DoctorReport& report, const fs::path& folder) {
  std::string text = manifest_header();
  std::set<std::string> genres;
  for (std::size_t i = 0; i < report.dataset.clips.size(); ++i) {
    if (std::binary_search(report.left_out.begin(), report.left_out.end(), i)) continue;
    const Clip& clip = report.dataset.clips[i];
    genres.insert(clip.genre);
    text += csv_line(std::array<std::string, 5>{path_from(folder, clip.path), clip.genre, clip.artist,
                                                clip.year ? std::to_string(*clip.year) : "", clip.part});
  }
  if (genres.size() < 2)
    throw Error(ErrorKind::kData,
                report.dataset.root.string() +
                    ": without the clips that cannot serve, fewer than two genres are left, and "
                    "no manifest was written; run doctor without --write-manifest, and mend what it names");
  return text;
}

}  // namespace genretrack
