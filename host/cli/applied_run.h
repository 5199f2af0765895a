// A finished run, or one training of it, opened to be applied to recordings.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "host/analysis/predictions.h"
#include "host/cli/commands.h"
#include "host/train/model.h"

namespace genretrack {

struct AppliedRun {
  std::filesystem::path path;                    // as given
  std::string name;                              // of the experiment
  std::vector<std::filesystem::path> trainings;  // folders, in the order of the models
  std::unique_ptr<Models> models;
  double temperature = 1;  // of the mean over all models; 1 where none is wanted
  std::string fitted_on;   // "validation", "out-of-fold"; empty where none is wanted
  std::size_t calibration_clips = 0;
  Predictions held_out;  // what the temperature was fitted on, before it is applied
  // Per XXH3 of a recording's bytes, what each model did with it: 'n'othing, 't'rain, 'v'alidation, t'e'st.
  std::unordered_map<std::uint64_t, std::string> heard;
  bool knows_audio = true;  // false: an older run, whose split.csv has no hashes

  // The models that neither trained on a recording nor were stopped by it; all of them where there is none
  // such, and then `seen` is "train" or "validation", else empty.
  std::vector<std::size_t> fair_models(std::uint64_t hash, std::string* seen) const;
};

// `path`: a run folder (all its models averaged) or one training's folder. Throws Error(kData) where it is
// neither, unfinished or damaged, and what Models does.
AppliedRun open_run(const std::filesystem::path& path, const GlobalOptions& global, bool calibrated);

// What results say of their model: a line, and {"path", "name", "models", "calibration"}.
std::string describe(const AppliedRun& run);
nlohmann::ordered_json model_json(const AppliedRun& run);

}  // namespace genretrack
