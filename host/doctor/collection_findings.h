// What is odd about a data set as a whole, and the figures that describe it.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "host/dataset/dataset.h"
#include "host/doctor/examine_clip.h"
#include "host/doctor/finding.h"

namespace genretrack {

// Of the readable clips of one genre, or of all.
struct LengthSummary {
  std::string genre;
  std::size_t clips = 0, unreadable = 0, artists = 0;       // artists: known ones
  double shortest = 0, median = 0, longest = 0, total = 0;  // seconds
};

struct FormatCount {
  std::string container;
  int sample_rate = 0, channels = 0;
  std::size_t clips = 0;
};

// Artists with clips in both of two parts of a manifest's split.
struct PartOverlap {
  std::string one, other;
  std::vector<std::string> artists;
};

std::vector<LengthSummary> summarise_lengths(const Dataset& dataset, std::span<const ClipFacts> facts);
std::vector<FormatCount> count_formats(std::span<const ClipFacts> facts);  // the most frequent first
// Empty where the data set has no column `split`; otherwise every two parts that have clips.
std::vector<PartOverlap> compare_parts(const Dataset& dataset);

// Rates and lengths unlike the others', genres of few clips or artists, artists who are much of a genre or in
// two parts of the split.
void find_in_collection(const Dataset& dataset, std::span<const ClipFacts> facts,
                        std::vector<Finding>& findings);

}  // namespace genretrack
