// The state of an unfinished training, after its last finished epoch.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "host/nn/parameter_layout.h"
#include "host/train/state_file.h"
#include "host/train/train_branch.h"

namespace genretrack {

struct TrainingState {
  std::vector<float> parameters, first_moments, second_moments;
  std::vector<float> average;  // of the weights; what a training without it leaves as it began
  std::vector<float> best_parameters;
  int best_epoch = 0;  // 0: none yet
  std::vector<EpochResult> history;
};

TrainingState fresh_state(const ParameterLayout& layout, std::uint64_t seed);

void save_checkpoint(const std::filesystem::path& path, const std::string& key, const TrainingState& state);

// Nothing where there is no file, or one of another training (its key differs). Throws Error(kData) for a
// damaged one.
std::optional<TrainingState> load_checkpoint(const std::filesystem::path& path, const std::string& key,
                                             const ParameterLayout& layout);

// A finished branch: what a run keeps of it, and what another run with the same training takes from it.
void save_branch(const std::filesystem::path& path, const std::string& key, const TrainedBranch& branch);
std::optional<TrainedBranch> load_branch_file(const std::filesystem::path& path, const std::string& key);

// Where a network's arrays stand in a model file: "branches/mfcc/", or "joint/" for branches that were
// trained together.
std::string model_prefix(const ModelSpec& network);

// Parameters and standardisation of a branch, under a prefix ("branches/mfcc/"): what a model file is made
// of.
void add_branch(StateFile& file, const std::string& prefix, const TrainedBranch& branch);

// A line of metrics.jsonl.
std::string metrics_line(const std::string& branch, const EpochResult& result);

}  // namespace genretrack
