// Who the clips belong to, as numbers. An unknown artist is a group of its own.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace genretrack {

struct ArtistGroups {
  std::vector<std::size_t> of_clip;  // per clip, in the order in which artists first appear
  std::size_t count = 0, unknown = 0;
};
ArtistGroups artist_groups(const std::vector<std::string>& artists);

}  // namespace genretrack
