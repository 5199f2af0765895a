#include <algorithm>
#include <iterator>
#include <set>
#include <tuple>

#include "host/dataset/text.h"
#include "host/doctor/collection_findings.h"

namespace genretrack {

std::vector<LengthSummary> summarise_lengths(const Dataset& dataset, std::span<const ClipFacts> facts) {
  std::vector<LengthSummary> summaries;
  for (const std::string& genre : dataset.genres) {
    LengthSummary summary;
    summary.genre = genre;
    std::vector<double> seconds;
    std::set<std::string> artists;
    for (std::size_t i = 0; i < facts.size(); ++i) {
      const Clip& clip = dataset.clips[i];
      if (clip.genre != genre) continue;
      ++summary.clips;
      if (!clip.artist.empty()) artists.insert(artist_key(clip.artist));
      if (!facts[i].error.empty())
        ++summary.unreadable;
      else
        seconds.push_back(facts[i].seconds);
    }
    summary.artists = artists.size();
    std::sort(seconds.begin(), seconds.end());
    if (!seconds.empty()) {
      summary.shortest = seconds.front();
      summary.median = seconds[seconds.size() / 2];
      summary.longest = seconds.back();
      for (const double value : seconds) summary.total += value;
    }
    summaries.push_back(std::move(summary));
  }
  return summaries;
}

std::vector<FormatCount> count_formats(std::span<const ClipFacts> facts) {
  std::map<std::tuple<std::string, int, int>, std::size_t> counts;
  for (const ClipFacts& clip : facts)
    if (clip.error.empty()) ++counts[{clip.container, clip.sample_rate, clip.channels}];
  std::vector<FormatCount> formats;
  formats.reserve(counts.size());
  for (const auto& [format, count] : counts)
    formats.push_back({std::get<0>(format), std::get<1>(format), std::get<2>(format), count});
  std::stable_sort(formats.begin(), formats.end(),
                   [](const auto& a, const auto& b) { return a.clips > b.clips; });
  return formats;
}

std::vector<PartOverlap> compare_parts(const Dataset& dataset) {
  std::map<std::string, std::map<std::string, std::string>> artists;  // by part: key to spelling
  for (const Clip& clip : dataset.clips) {
    if (clip.part.empty()) continue;
    auto& of_part = artists[clip.part];
    if (!clip.artist.empty()) of_part.emplace(artist_key(clip.artist), clip.artist);
  }
  std::vector<PartOverlap> overlaps;
  for (auto one = artists.begin(); one != artists.end(); ++one)
    for (auto other = std::next(one); other != artists.end(); ++other) {
      PartOverlap overlap{one->first, other->first, {}};
      for (const auto& [key, spelling] : one->second)
        if (other->second.contains(key)) overlap.artists.push_back(spelling);
      overlaps.push_back(std::move(overlap));
    }
  return overlaps;
}

}  // namespace genretrack
