// The transforms of recordings of any length, in constant memory. A recording longer than a clip is cut into
// windows of a clip's length, each transformed by itself: what is normalised over a clip (the decibels'
// floor, the estimate of the tuning) is then taken over as much sound as in training, and a network sees what
// it was trained on (docs/applying.md).
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "host/backend/device.h"
#include "host/dsp/feature_params.h"

namespace genretrack {

struct TransformWindow {
  std::size_t recording = 0;  // index into the list of paths
  long long first_frame = 0;  // of the recording: where the window begins, in hops from the recording's start
  int frames = 0;      // that hold sound: at most frame_count(), fewer in a recording shorter than a clip
  double seconds = 0;  // of sound behind first_frame: all of it where the window is the first and last
  std::array<std::vector<float>, kTransformCount> features;  // (rows, frame_count()); empty where not wanted
};

// A recording after its last window.
struct ReadRecording {
  std::size_t recording = 0;
  double seconds = 0;
  std::uint64_t hash = 0;  // XXH3 of the file's bytes
};

struct TransformPlan {
  FeatureParams params;
  std::array<bool, kTransformCount> wanted{};
  // From one window to the next. The last one is moved back to end where the recording ends.
  int step_frames = 0;
  // What is shorter than this behind a window makes none of its own; at least 1.
  int least_tail_frames = 1;
  Device device = Device::kAuto;
  int threads = 1;
};

// What becomes of the recordings; called on the caller's thread. Windows of one recording come in order;
// those of several may be mixed. A recording ends with either `read` or, where it cannot be read, `failed`,
// whose windows so far are then worth nothing.
struct TransformEvents {
  std::function<void(const TransformWindow&)> window;
  std::function<void(const ReadRecording&)> read;
  std::function<void(std::size_t recording, const std::string& what)> failed;
};

// The step between windows that lie one behind the other; less than a hop between them is in none.
int clip_step(const FeatureParams& params);

// Throws what the events throw, Error(kInterrupted), and what extractors throw but for damaged recordings.
void transform_recordings(const std::vector<std::filesystem::path>& paths, const TransformPlan& plan,
                          const TransformEvents& events);

}  // namespace genretrack
