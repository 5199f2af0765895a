// From what networks say of a fold's clips to what their fusion says.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "host/analysis/fusion_fit.h"
#include "host/train/branch_data.h"
#include "host/train/state_file.h"
#include "host/train/train_branch.h"

namespace genretrack {

// How the networks of a model are joined: with weights, or by stacking where that is not empty.
struct Joining {
  std::vector<double> weights;  // one per network; sum 1
  Stacking stacking;

  // (things, genres) from each network's.
  std::vector<double> apply(const std::vector<std::vector<double>>& networks) const;
  // Into a model file, and back: "fusion/weights", or "fusion/stacking/weights" and ".../bias".
  void save(StateFile& file) const;
  static Joining load(const StateFile& file, Fusion fusion, std::size_t networks, std::size_t genres);
};

// Weighted fusion and stacking are fitted on the validation clips alone. `networks` are (clips of the fold,
// genres) each.
Joining fit_joining(const ModelSpec& model, const FoldClips& clips,
                    const std::vector<std::vector<double>>& networks);

// branches.csv: a row for each validation and test clip and each branch, with the weight that the branch has
// there (empty where there is none) and its own probabilities.
void write_branches(const std::filesystem::path& path, const ModelSpec& model, const FoldClips& clips,
                    const std::vector<TrainedBranch>& networks, const Joining& joining);

// What was fitted, for summary.json: {"weights": {"mfcc": 0.3, ...}}; for a gate the mean weights over the
// test clips; null where there are none.
nlohmann::ordered_json joining_json(const ModelSpec& model, const FoldClips& clips,
                                    const std::vector<TrainedBranch>& networks, const Joining& joining);

}  // namespace genretrack
