#include "host/train/network_inputs.h"

#include <algorithm>

namespace genretrack {
namespace {

// Every clip's rows behind those of the parts before it.
BranchData stack(const std::vector<BranchData>& parts, std::size_t clips) {
  BranchData all;
  all.transform = parts.front().transform;
  all.frames = parts.front().frames;
  all.decibel = std::all_of(parts.begin(), parts.end(), [](const BranchData& part) { return part.decibel; });
  for (const BranchData& part : parts) {
    all.rows += part.rows;
    all.mean.insert(all.mean.end(), part.mean.begin(), part.mean.end());
    all.scale.insert(all.scale.end(), part.scale.begin(), part.scale.end());
  }
  all.features.reserve(clips * static_cast<std::size_t>(all.rows) * static_cast<std::size_t>(all.frames));
  for (std::size_t clip = 0; clip < clips; ++clip)
    for (const BranchData& part : parts) {
      const std::size_t size = static_cast<std::size_t>(part.rows) * static_cast<std::size_t>(part.frames);
      const auto first = part.features.begin() + static_cast<std::ptrdiff_t>(clip * size);
      all.features.insert(all.features.end(), first, first + static_cast<std::ptrdiff_t>(size));
    }
  return all;
}

}  // namespace

std::vector<BranchData> load_inputs(const FeatureCache& cache, const ModelSpec& network,
                                    const FoldClips& clips, int threads) {
  std::vector<BranchData> inputs;
  for (const BranchSpec& branch : network.branches)
    inputs.push_back(load_branch(cache, branch.input, clips, threads));
  if (network.fusion == Fusion::kEarly) inputs = {stack(inputs, clips.ids.size())};
  return inputs;
}

std::vector<int> rows_of(const ModelSpec& network, const FeatureParams& features) {
  std::vector<int> rows;
  for (const BranchSpec& branch : network.branches) rows.push_back(features.rows(branch.input));
  return rows;
}

}  // namespace genretrack
