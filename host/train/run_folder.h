// The files of a run folder (docs/run_folder.md).
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "host/analysis/predictions.h"
#include "host/core/error.h"
#include "host/train/branch_data.h"
#include "host/train/train_branch.h"

namespace genretrack {

// Another program holds a run folder.
class FolderInUse : public Error {
 public:
  using Error::Error;
};

// Holds runs/<name> for this program alone, and for this experiment alone.
class RunFolder {
 public:
  // Makes the folder where it is missing. Throws FolderInUse where another program holds it, unless told to
  // wait for that; Error(kData): it cannot be written, it is no run folder, or it holds another experiment
  // than `spec` or a damaged one; with `force` the last two are emptied instead.
  RunFolder(const std::filesystem::path& runs, const std::string& name, const nlohmann::ordered_json& spec,
            bool force, bool wait = false);
  ~RunFolder();
  RunFolder(const RunFolder&) = delete;
  RunFolder& operator=(const RunFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  int lock_ = -1;
};

// Whether another program holds runs/<name>, at this moment.
bool is_in_use(const std::filesystem::path& runs, const std::string& name);

// Makes a folder and those above it. Throws Error(kData).
void make_folder(const std::filesystem::path& path);

[[noreturn]] void refuse_damaged(const std::filesystem::path& path, const std::string& what);  // Error(kData)

// JSON of a file of a run, or null where there is none. Throws Error(kData) with the remedy for a damaged
// one.
nlohmann::ordered_json read_json_file(const std::filesystem::path& path);
void write_json_file(const std::filesystem::path& path, const nlohmann::ordered_json& value);

// One part of one training as the statistics want it.
Predictions predictions_of(const FoldClips& clips, const std::vector<std::size_t>& part,
                           const std::vector<double>& probabilities);

// With the hash of each recording's bytes, by which a trained model knows what it heard.
void write_split(const std::filesystem::path& path, const FoldClips& clips, const FeatureCache& cache);
void write_predictions(const std::filesystem::path& path, const FoldClips& clips,
                       const std::vector<double>& probabilities);
void write_confusion(const std::filesystem::path& path, const Predictions& test);

// {"accuracy", "macro_f1", "log_loss"}
nlohmann::ordered_json metrics_json(const Predictions& predictions);

// The temperature of a run (analysis/calibration.h): fitted on the predictions of every clip by models that
// did not train on it where there are folds, else on the validation part.
nlohmann::ordered_json calibration_json(bool folds, const Predictions& validation, const Predictions& test);

}  // namespace genretrack
