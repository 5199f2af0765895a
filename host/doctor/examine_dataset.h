// The doctor: what is wrong with a data set, without changing anything in it.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "host/dataset/dataset.h"
#include "host/doctor/collection_findings.h"
#include "host/doctor/examine_clip.h"
#include "host/doctor/finding.h"

namespace genretrack {

struct DoctorOptions {
  int threads = 1;
  bool search_folders = false;  // for recordings that their suffix hides: the data set is a folder
  std::function<void(std::size_t done, std::size_t total)> progress;  // called by one thread at a time
};

struct DoctorReport {
  Dataset dataset;
  std::vector<ClipFacts> facts;        // by clip; without fingerprints
  std::vector<Finding> findings;       // worst first
  std::vector<std::size_t> left_out;   // clips that a clean manifest does not list, ascending
  std::size_t passed_over = 0;         // files that are no recordings by their suffix
  std::vector<LengthSummary> lengths;  // by genre
  std::vector<FormatCount> formats;
  std::vector<PartOverlap> parts;
};

// Reads every recording once, whole, on `threads` threads. Throws Error(kInterrupted) on a signal; what is
// wrong with recordings is never thrown.
DoctorReport examine_dataset(Dataset dataset, const DoctorOptions& options);

// The first line of every manifest that clean_manifest() makes.
std::string manifest_header();

// The clips that are left, as a CSV manifest path,genre,artist,year,split that lies in `folder`. Paths are
// relative to it where they can be. Throws Error(kData) where fewer than two genres are left.
std::string clean_manifest(const DoctorReport& report, const std::filesystem::path& folder);

}  // namespace genretrack
