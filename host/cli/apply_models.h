// Models over recordings of any length: decoded, transformed, cut into segments, answered in batches.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "host/cli/applied_run.h"

namespace genretrack {

// Where the segments lie.
struct SegmentLayout {
  // 0: as the run predicted its clips: each clip's length is covered by segments with the overlap that
  // /evaluation asks for. Else every hop_frames.
  int hop_frames = 0;
};

struct AnsweredRecording {
  std::size_t recording = 0;  // index into the list of paths
  std::string unreadable;     // why; nothing else is known then
  double seconds = 0;
  std::uint64_t hash = 0;         // XXH3 of the file's bytes
  std::vector<long long> frames;  // of the recording, where each segment begins
  // Per model and network: (segments, genres), as trained.
  std::vector<std::vector<std::vector<double>>> models;
  std::vector<std::vector<float>> embedding;  // per model: mean over segments
  std::vector<std::size_t> fair;              // the models that answer for it
  std::string seen;                           // "train" or "validation" where no model is fair to it

  // Calibrated means over the models that answer: of each segment, (segments, genres), and of the whole
  // recording, (genres).
  std::vector<double> by_segment, overall;
};

// What the models that answer for a recording say of `count` of its segments from `first` on together, as a
// run says it of a clip: means over segments, joined, averaged over models, calibrated. (genres)
std::vector<double> answer_of_stretch(const AppliedRun& run, const AnsweredRecording& answer,
                                      std::size_t first, std::size_t count);

// Gives every recording to `take`, on this thread, in the order in which they are finished. Memory grows with
// the number of segments of the recordings at hand, by a few bytes for each, and not with their samples.
void apply_models(const AppliedRun& run, const std::vector<std::filesystem::path>& paths,
                  const SegmentLayout& layout, const GlobalOptions& global,
                  const std::function<void(AnsweredRecording&)>& take);

// The recordings that the arguments name: files as they are, folders with all audio files below them, sorted.
// Throws Error(kData) for a folder without any.
std::vector<std::filesystem::path> find_recordings(const std::vector<std::filesystem::path>& arguments);

}  // namespace genretrack
