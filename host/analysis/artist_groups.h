// Who the clips belong to, as numbers. An unknown artist is a group of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace genretrack {

struct ArtistGroups {
  std::vector<std::size_t> of_clip;  // per clip, in the order in which artists first appear
  std::size_t count = 0, unknown = 0;
};
ArtistGroups artist_groups(const std::vector<std::string>& artists);

// Artists drawn with replacement, as many as there are (Purpose::kBootstrap): how many times each came, per
// draw. The same for all figures over the same artists, so that a thousand runs draw once.
class ArtistDraws {
 public:
  static constexpr std::size_t kUsualDraws = 999;
  ArtistDraws(std::size_t artists, std::uint64_t seed, std::size_t draws = kUsualDraws);
  std::size_t draws() const { return draws_; }
  std::size_t artists() const { return artists_; }
  std::span<const std::uint16_t> times(std::size_t draw) const {
    return {times_.data() + draw * artists_, artists_};
  }

 private:
  std::size_t artists_, draws_;
  std::vector<std::uint16_t> times_;  // (draw, artist)
};

}  // namespace genretrack
