// Trains one network of one fold with one seed: changed crops of the training clips, early stopping on the
// validation part, the best weights (or their average) restored.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "host/backend/device.h"
#include "host/nn/networks.h"
#include "host/spec/experiment.h"
#include "host/train/branch_data.h"

namespace genretrack {

struct EpochResult {
  int epoch = 0;  // from 1
  double train_loss = 0, validation_loss = 0;
  double validation_accuracy = 0, validation_macro_f1 = 0;  // per clip
  double learning_rate = 0, seconds = 0;                    // the rate of its last step
  bool best = false;                                        // so far
};

struct TrainedBranch {
  std::vector<ParameterSlot> slots;
  std::vector<float> parameters;   // of the best epoch
  std::vector<float> mean, scale;  // of each input's rows, one input behind the other
  std::vector<EpochResult> history;
  int best_epoch = 0;
  std::size_t trained_parameters = 0;  // without running statistics
  std::vector<double> probabilities;   // (clips of the fold, genres); of validation and test clips only
  // Of a joint network: what each branch gives on its own, (clips of the fold, genres), and a gate's weights,
  // (clips of the fold, branches); see joint_answers.h.
  std::vector<std::vector<double>> branches;
  std::vector<double> gate;
  std::vector<std::string> implementations;  // what the device chose
};

struct BranchJob {
  const ModelSpec* model = nullptr;  // of one network: a single branch, or several that are trained jointly
  std::vector<int> rows;             // of each branch's transform
  const TrainingSpec* training = nullptr;
  const FoldClips* clips = nullptr;
  std::uint64_t seed = 1;
  int segment = 0;     // frames
  double overlap = 0;  // of the segments of predictions, /evaluation/overlap
  Device device = Device::kCpu;
  int threads = 1;
  std::string key;  // what the training depends on; a checkpoint of another key is not used
  std::filesystem::path
      checkpoint;  // state after the last finished epoch; resumed from, and the caller's to remove
  std::function<void(const std::vector<EpochResult>& history)>
      epoch_done;  // after each epoch, and once on resume
};

// Throws Error(kFailure) where the loss stops being a number, Error(kInterrupted) with the checkpoint kept.
// `inputs`: one per input of the network; a segment is the same frames of each.
TrainedBranch train_branch(const BranchJob& job, const std::vector<BranchData>& inputs);

}  // namespace genretrack
