// One network being trained, step by step: what a training and the search for a learning rate have in common.
#pragma once

#include <memory>
#include <vector>

#include "host/nn/networks.h"
#include "host/train/augmentation.h"
#include "host/train/targets.h"
#include "host/train/train_branch.h"

namespace genretrack {

class TrainingSteps {
 public:
  // Records, plans and takes memory. `job` and `inputs` must outlive it.
  TrainingSteps(const BranchJob& job, const std::vector<BranchData>& inputs);

  NetworkOps& ops() { return *ops_; }
  const Network& network() const { return network_; }
  std::size_t steps_per_epoch() const { return steps_; }

  // Trains on the batch of a step of the whole training, from 0, with the learning rate `rate`. Answers with
  // the batch's loss before the update.
  double train(std::int64_t step, double rate);

 private:
  void choose_crops(std::int64_t step);
  void update(std::int64_t step, double rate);

  const BranchJob& job_;
  const TrainingSpec& training_;
  const std::vector<BranchData>& inputs_;
  std::unique_ptr<NetworkOps> ops_;
  Network network_;
  Targets targets_;
  std::size_t steps_ = 0;
  int epoch_ = 0;            // whose crops are in order_; 0: none
  std::vector<Crop> order_;  // of an epoch
  std::vector<Crop> crops_, changed_;
};

// "cnn2d 24-48 on mfcc, seed 1: training diverged in epoch 3 ..."
[[noreturn]] void refuse_divergence(const BranchJob& job, const std::string& where);

}  // namespace genretrack
