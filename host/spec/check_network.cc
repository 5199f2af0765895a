#include "host/spec/check_network.h"

namespace genretrack {
namespace {

// Fields beside the network that make its input as wide as it is.
const std::vector<std::string> kFrames = {"/training/segment_seconds", "/features/hop_length",
                                          "/features/sample_rate"};

void check_kernel(const SpecSource& source, const BranchSpec& branch, const std::string& at, MapSize input) {
  const bool one_dimensional = branch.architecture == Architecture::kCnn1d;
  const std::string pointer = at + "/kernel_size";
  const MapSize kernel = branch.kernel_size;
  for (const int side : {kernel.height, kernel.width})
    if (side % 2 == 0)
      source.refuse(pointer,
                    std::to_string(side) + " is even; an odd size keeps the centre of a picture where it is");
  if (one_dimensional && kernel.height != kernel.width)
    source.refuse(pointer, "a cnn1d has frames only: give one number", {at + "/architecture"});
  if (!one_dimensional && kernel.height > input.height)
    source.refuse(pointer, "a kernel of " + std::to_string(kernel.height) +
                               " rows is larger than its input of " + std::to_string(input.height));
  if (kernel.width > input.width)
    source.refuse(pointer,
                  "a kernel of " + std::to_string(kernel.width) + " frames is larger than its input of " +
                      std::to_string(input.width) + " (/training/segment_seconds)",
                  kFrames);
}

void check_pooling(const SpecSource& source, const BranchSpec& branch, const std::string& at) {
  const std::string pointer = at + "/pooling";
  if (branch.pooling.empty()) return;
  if (branch.pooling.size() != branch.channels.size())
    source.refuse(pointer,
                  "has " + std::to_string(branch.pooling.size()) +
                      (branch.pooling.size() == 1 ? " element for " : " elements for ") +
                      std::to_string(branch.channels.size()) + " blocks (channels)",
                  {at + "/channels"});
  for (std::size_t block = 0; block < branch.pooling.size(); ++block)
    if (branch.architecture == Architecture::kCnn1d &&
        branch.pooling[block].height != branch.pooling[block].width)
      source.refuse(pointer + "/" + std::to_string(block), "a cnn1d has frames only: give one number",
                    {at + "/architecture"});
}

// The size of the map behind the last block.
MapSize pooled(const SpecSource& source, const BranchSpec& branch, const std::string& at, MapSize map) {
  const bool one_dimensional = branch.architecture == Architecture::kCnn1d;
  if (one_dimensional) map.height = 1;
  for (std::size_t block = 0; block < branch.channels.size(); ++block) {
    const MapSize pool = pooling_of(branch, block, map);
    const std::string pointer = at + "/pooling/" + std::to_string(block);
    if (!one_dimensional && pool.height > map.height)
      source.refuse(pointer, "pools two rows where one is left");
    if (pool.width > map.width) source.refuse(pointer, "pools two frames where one is left", kFrames);
    map = {one_dimensional ? 1 : map.height / pool.height, map.width / pool.width};
  }
  return map;
}

}  // namespace

void check_network(const SpecSource& source, BranchSpec& branch, const std::string& at, int rows,
                   int frames) {
  if (branch.architecture == Architecture::kDense) {
    if (branch.units.empty()) branch.units = {256, 128};
    return;
  }
  if (has_convolutions(branch.architecture)) {
    if (branch.channels.empty())
      branch.channels = branch.architecture == Architecture::kCnn1d ? std::vector{64, 128, 256}
                                                                    : std::vector{24, 48, 96, 128};
    check_kernel(source, branch, at, {rows, frames});
    check_pooling(source, branch, at);
    frames = pooled(source, branch, at, {rows, frames}).width;
  }
  const bool needs_frames =
      branch.time_summary == ClipSummary::kLast || branch.time_summary == ClipSummary::kAttention;
  if (frames == 1 && needs_frames) {
    std::vector<std::string> others = kFrames;
    others.insert(others.end(), {at + "/pooling", at + "/channels"});
    source.refuse(at + "/time_summary",
                  "\"" + std::string(choice_name(branch.time_summary)) +
                      "\" chooses among frames, and only one is left; pool less, or take longer segments",
                  others);
  }
}

}  // namespace genretrack
