#include "host/doctor/collection_findings.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <set>

#include "host/dataset/text.h"

namespace genretrack {
namespace {

constexpr std::size_t kFewClips = 10;  // a fifth of fewer, for a test, is one clip
constexpr std::size_t kParts = 3;      // training, validation, test
// A test part is a fifth of a genre: an artist with more does not fit in.
constexpr double kMuchOfGenre = 0.2;
// Clips count as cut to one length where three quarters lie within a twentieth of the median.
constexpr double kCutShare = 0.75, kCutWithin = 0.05, kOddCut = 0.1;
constexpr double kOddFactor = 4;                 // elsewhere: a fourth or four times the median
constexpr std::size_t kFewestForComparison = 4;  // clips; fewer have no usual length

std::vector<std::size_t> readable(std::span<const ClipFacts> facts) {
  std::vector<std::size_t> clips;
  for (std::size_t i = 0; i < facts.size(); ++i)
    if (facts[i].error.empty()) clips.push_back(i);
  return clips;
}

void find_odd_lengths(std::span<const ClipFacts> facts, std::vector<Finding>& findings) {
  const std::vector<std::size_t> clips = readable(facts);
  if (clips.size() < kFewestForComparison) return;
  std::vector<double> seconds;
  seconds.reserve(clips.size());
  for (const std::size_t i : clips) seconds.push_back(facts[i].seconds);
  std::nth_element(seconds.begin(), seconds.begin() + static_cast<std::ptrdiff_t>(seconds.size() / 2),
                   seconds.end());
  const double median = seconds[seconds.size() / 2];
  const auto near = std::count_if(seconds.begin(), seconds.end(), [&](double value) {
    return std::abs(value - median) <= kCutWithin * median;
  });
  const bool cut = static_cast<double>(near) >= kCutShare * static_cast<double>(seconds.size());
  const double low = cut ? (1 - kOddCut) * median : median / kOddFactor;
  const double high = cut ? (1 + kOddCut) * median : median * kOddFactor;
  for (const std::size_t i : clips) {
    const double value = facts[i].seconds;
    if (value >= low && value <= high) continue;
    findings.push_back({FindingKind::kOddLength,
                        Severity::kWarning,
                        {i},
                        {},
                        fmt::format("{:.2f} s, where the median is {:.2f} s", value, median),
                        value < median ? median / std::max(value, 1e-9) : value / median});
  }
}

// The genre that most of the clips have, with its count.
std::pair<std::string, std::size_t> main_genre(const Dataset& dataset,
                                               const std::vector<std::size_t>& clips) {
  std::map<std::string, std::size_t> counts;
  for (const std::size_t i : clips) ++counts[dataset.clips[i].genre];
  return *std::max_element(counts.begin(), counts.end(),
                           [](const auto& a, const auto& b) { return a.second < b.second; });
}

void find_odd_rates(const Dataset& dataset, std::span<const ClipFacts> facts,
                    std::vector<Finding>& findings) {
  std::map<int, std::vector<std::size_t>> by_rate;
  for (const std::size_t i : readable(facts)) by_rate[facts[i].sample_rate].push_back(i);
  if (by_rate.size() < 2) return;
  const auto usual = std::max_element(by_rate.begin(), by_rate.end(), [](const auto& a, const auto& b) {
    return a.second.size() < b.second.size();
  });
  for (const auto& [rate, clips] : by_rate) {
    if (rate == usual->first) continue;
    const auto [genre, count] = main_genre(dataset, clips);
    findings.push_back(
        {FindingKind::kOddRate,
         // Music above half of a lower rate is missing, which can be heard and learned.
         rate < usual->first ? Severity::kWarning : Severity::kNote,
         clips,
         {},
         fmt::format("{} at {} Hz, where {} have {} Hz; {} of them {}", count_of(clips.size(), "clip"), rate,
                     usual->second.size(), usual->first, count, genre),
         static_cast<double>(clips.size())});
  }
}

struct ArtistClips {
  std::string name;
  std::vector<std::size_t> clips;
};

void find_in_genre(const Dataset& dataset, const std::string& genre, std::vector<Finding>& findings) {
  std::map<std::string, ArtistClips> artists;
  std::size_t clips = 0, unknown = 0;
  for (std::size_t i = 0; i < dataset.clips.size(); ++i) {
    const Clip& clip = dataset.clips[i];
    if (clip.genre != genre) continue;
    ++clips;
    if (clip.artist.empty()) {
      ++unknown;
      continue;
    }
    ArtistClips& artist = artists[artist_key(clip.artist)];
    if (artist.name.empty()) artist.name = clip.artist;
    artist.clips.push_back(i);
  }
  if (clips < kFewClips)
    findings.push_back({FindingKind::kFewClips,
                        Severity::kWarning,
                        {},
                        genre,
                        count_of(clips, "clip"),
                        1 / static_cast<double>(std::max<std::size_t>(1, clips))});
  if (unknown == 0 && artists.size() < kParts)
    findings.push_back({FindingKind::kFewArtists,
                        Severity::kWarning,
                        {},
                        genre,
                        fmt::format("{} of {}", count_of(clips, "clip"), count_of(artists.size(), "artist")),
                        0});
  if (clips < kFewClips) return;
  for (const auto& [key, artist] : artists) {
    const double share = static_cast<double>(artist.clips.size()) / static_cast<double>(clips);
    if (share > kMuchOfGenre)
      findings.push_back(
          {FindingKind::kConcentratedArtist, Severity::kWarning, artist.clips, artist.name,
           fmt::format("{} of {} clips of {}, {:.0f} %", artist.clips.size(), clips, genre, 100 * share),
           share});
  }
}

void find_unknown_artists(const Dataset& dataset, std::vector<Finding>& findings) {
  std::vector<std::size_t> unknown;
  for (std::size_t i = 0; i < dataset.clips.size(); ++i)
    if (dataset.clips[i].artist.empty()) unknown.push_back(i);
  if (unknown.empty()) return;
  const std::string what = fmt::format("{} of {}", unknown.size(), count_of(dataset.clips.size(), "clip"));
  findings.push_back({FindingKind::kUnknownArtists, Severity::kNote, std::move(unknown), {}, what, 0});
}

void find_artists_in_two_parts(const Dataset& dataset, std::vector<Finding>& findings) {
  for (const PartOverlap& overlap : compare_parts(dataset))
    for (const std::string& artist : overlap.artists) {
      Finding finding{FindingKind::kArtistInTwoParts, Severity::kWarning, {}, artist, "", 0};
      std::map<std::string, std::size_t> counts{{overlap.one, 0}, {overlap.other, 0}};
      for (std::size_t i = 0; i < dataset.clips.size(); ++i) {
        const Clip& clip = dataset.clips[i];
        const auto part = counts.find(clip.part);
        if (part == counts.end() || artist_key(clip.artist) != artist_key(artist)) continue;
        ++part->second;
        finding.clips.push_back(i);
      }
      finding.what = fmt::format("{} in {}, {} in {}", counts[overlap.one], overlap.one,
                                 counts[overlap.other], overlap.other);
      finding.strength = static_cast<double>(finding.clips.size());
      findings.push_back(std::move(finding));
    }
}

}  // namespace

void find_in_collection(const Dataset& dataset, std::span<const ClipFacts> facts,
                        std::vector<Finding>& findings) {
  find_odd_lengths(facts, findings);
  find_odd_rates(dataset, facts, findings);
  for (const std::string& genre : dataset.genres) find_in_genre(dataset, genre, findings);
  find_unknown_artists(dataset, findings);
  find_artists_in_two_parts(dataset, findings);
}

}  // namespace genretrack
