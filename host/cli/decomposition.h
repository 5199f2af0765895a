// A recording broken down into components of genres, from what a run says of its windows.
#pragma once

#include <string>
#include <vector>

#include "host/analysis/components.h"
#include "host/cli/apply_models.h"

namespace genretrack {

struct DecomposeSettings {
  double window = 0, hop = 0;  // seconds; 0: the model's segment, and half of it
  double smoothing = 0;        // standard deviation of the kernel over time, seconds; negative: one window
};

struct DecomposeWindow {
  double start = 0, end = 0;           // seconds
  std::vector<double> shares, smooth;  // per genre
};

struct Section {
  double start = 0, end = 0;
  std::vector<double> shares;
};

// "None of these": over stretches as long as the training's clips, of which the most probable genre is less
// probable than it is in 95 % of the clips that the calibration was fitted on.
struct NoneOfThese {
  double threshold = 0, share = 0,
         score = 0;  // share of stretches below; mean of their largest probabilities
};

struct Decomposition {
  std::string path, unreadable, seen;
  double seconds = 0;
  std::vector<Component> components;  // per genre
  NoneOfThese none;
  std::vector<DecomposeWindow> windows;
  std::vector<Section> sections;
  std::vector<float> embedding;  // of the run's first model
};

class Decomposer {
 public:
  // Throws Error(kUsage) for a window shorter than the model's segment, or a hop that is less than a frame or
  // longer than the window.
  Decomposer(const AppliedRun& run, const DecomposeSettings& settings);

  SegmentLayout layout() const { return {hop_}; }
  Decomposition decompose(const AnsweredRecording& answer) const;
  std::string method() const;  // a sentence or two: windows, smoothing, what the threshold is fitted on
  double threshold() const { return threshold_; }

 private:
  double seconds_of(long long frames) const;
  NoneOfThese none_of(const AnsweredRecording& answer) const;

  const AppliedRun& run_;
  int segment_, hop_, per_window_;  // frames, frames, segments
  double smoothing_;                // in hops
  double threshold_;
};

}  // namespace genretrack
