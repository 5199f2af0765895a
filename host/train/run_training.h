// Runs an experiment: every seed and fold of it, each into a folder of its own (docs/run_folder.md), resuming
// what an earlier run of the same experiment left.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "host/backend/device.h"
#include "host/cache/feature_cache.h"
#include "host/dataset/split.h"
#include "host/spec/experiment.h"

namespace genretrack {

// Everything an experiment needs, checked and open before the first training starts.
struct PreparedRun {
  Experiment experiment;
  Dataset dataset;
  Split split;
  std::size_t cut = 0, padded = 0;  // clips that were cut or zero-padded to clip_seconds
};

struct RunEvents {
  // "seed 1, spectrogram", epochs done and planned, and how it goes.
  std::function<void(const std::string& what, int epoch, int epochs, const std::string& detail)> epoch;
  std::function<void(const std::string& message)> note;
};

struct RunOptions {
  std::filesystem::path runs = "runs";  // the folder that run folders are made in
  Device device = Device::kAuto;
  int threads = 1;
  bool wait = false;   // for another program that runs this experiment, instead of refusing
  bool force = false;  // start anew where the folder holds another experiment or is damaged
  RunEvents events;
};

// Throws Error(kData) where runs/<name> holds another experiment, one of other data or a damaged one (unless
// forced), where it is no run folder, or where it cannot be written; FolderInUse where another program is
// running it; and what train_branch() throws.
nlohmann::ordered_json run_training(const PreparedRun& run, const FeatureCache& cache,
                                    const RunOptions& options);

// Whether an experiment may go into runs/<name>, so that one that cannot is refused before another trains for
// hours. Makes nothing. Throws Error(kData) as run_training() does.
void check_run_folder(const std::filesystem::path& runs, const Experiment& experiment);

// Layers, shapes and parameter counts of every branch, without training: for --dry-run.
nlohmann::ordered_json describe_networks(const Experiment& experiment, std::size_t genres, Device device);

}  // namespace genretrack
