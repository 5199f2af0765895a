// One training: an experiment's branches with one seed on one fold, into one folder.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "host/train/branch_data.h"
#include "host/train/fuse.h"
#include "host/train/run_training.h"
#include "host/train/train_branch.h"

namespace genretrack {

class Training {
 public:
  // All references must outlive it.
  Training(const PreparedRun& run, const FeatureCache& cache, const RunOptions& options,
           const std::filesystem::path& run_folder, std::uint64_t seed, const Fold& fold);

  // True where an earlier run finished it and its files are those that were written. Throws Error(kData)
  // where that run heard other recordings or divided them differently, or where result.json is damaged.
  bool finished() const;

  // What summary.json says of it; of a finished one only.
  nlohmann::ordered_json entry() const;

  // Trains what is not trained yet and writes the folder; answers with its entry in summary.json.
  nlohmann::ordered_json finish();

  const FoldClips& clips() const { return clips_; }
  const std::vector<double>& probabilities() const {
    return probabilities_;
  }  // (clips, genres), after finish()
  std::size_t trained_parameters() const;

 private:
  std::vector<const char*> files() const;  // of a finished training, beside result.json
  std::string data_key() const;
  std::string branch_key(std::size_t branch) const;
  std::filesystem::path branch_file(const std::string& key) const;
  nlohmann::ordered_json read_result() const;
  std::vector<std::string> changed_files() const;  // missing or damaged since; of a finished training
  void note_changed_files() const;
  bool take_branches(const nlohmann::ordered_json& keys);
  TrainedBranch get_or_train(std::size_t branch, const std::string& key);
  TrainedBranch train(std::size_t branch, const std::string& key);
  std::string describe_branch(std::size_t branch) const;  // "seed 1, mfcc"
  void write_metrics(std::size_t branch, const std::vector<EpochResult>& history) const;
  void write_model() const;
  void remove_checkpoint() const;
  nlohmann::ordered_json environment() const;
  nlohmann::ordered_json result(double seconds) const;

  const Experiment& experiment_;
  const FeatureCache& cache_;
  const RunOptions& options_;
  nlohmann::ordered_json spec_;
  std::uint64_t seed_;
  const Fold& fold_;
  std::string name_;
  std::filesystem::path folder_;
  int segment_;
  FoldClips clips_;
  std::vector<ModelSpec> networks_;      // that the model consists of
  std::vector<TrainedBranch> branches_;  // finished ones, in the order of networks_
  Joining joining_;                      // of them
  std::vector<double> probabilities_;
};

}  // namespace genretrack
