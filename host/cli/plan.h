// From resolved experiments to trainings that can begin: data found, caches built, clips and parts checked.
#pragma once

#include <filesystem>

#include "host/cache/feature_cache.h"
#include "host/cli/commands.h"
#include "host/spec/experiment.h"
#include "host/train/run_training.h"

namespace genretrack {

// An experiment with its data found and read, but nothing computed.
struct Planned {
  Experiment experiment;
  Dataset dataset;
  std::filesystem::path cache;
  bool cache_is_named = false;
};

// `runs`: the folder beside which unnamed caches lie. Throws what find_data(), read_dataset() and
// make_split() throw, before anything is computed.
Planned plan(Experiment experiment, const GlobalOptions& global, const std::filesystem::path& runs);

// Builds the cache, or brings it up to date; one that the spec names is only compared with the recordings.
void ensure_cache(const Planned& planned, const GlobalOptions& global, Device device);

// Leaves out what the cache could not decode (only where the spec says so), splits what is left, and looks
// for leaks by content. Throws Error(kData): a cache of other parameters or without some clip, or a leak that
// the spec does not allow.
PreparedRun prepare(const Planned& planned, const FeatureCache& cache, const GlobalOptions& global);

}  // namespace genretrack
