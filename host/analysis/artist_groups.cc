#include "host/analysis/artist_groups.h"

#include <string_view>
#include <unordered_map>

#include "host/core/random.h"

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

ArtistDraws::ArtistDraws(std::size_t artists, std::uint64_t seed, std::size_t draws)
    : artists_(artists), draws_(draws), times_(artists * draws) {
  Random random(seed, Purpose::kBootstrap);
  for (std::size_t draw = 0; draw < draws; ++draw)
    for (std::size_t i = 0; i < artists; ++i)
      ++times_[draw * artists + random.below(static_cast<std::uint32_t>(artists))];
}

}  // namespace genretrack
