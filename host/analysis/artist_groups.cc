#include "host/analysis/artist_groups.h"

#include <string_view>
#include <unordered_map>

namespace genretrack {

ArtistGroups artist_groups(const std::vector<std::string>& artists) {
  ArtistGroups groups;
  std::unordered_map<std::string_view, std::size_t> known;
  for (const std::string& artist : artists) {
    std::size_t group = groups.count;
    if (artist.empty())
      ++groups.unknown;
    else
      group = known.try_emplace(artist, group).first->second;
    if (group == groups.count) ++groups.count;
    groups.of_clip.push_back(group);
  }
  return groups;
}

}  // namespace genretrack
