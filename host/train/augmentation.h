// Which changes the segments of a training step go through: draws for the fields of /training/augment. All
// are functions of (seed, step) and the place in the batch, so that neither resume nor threads change them.
#pragma once

#include <cstdint>
#include <vector>

#include "host/backend/network_ops.h"
#include "host/dsp/feature_params.h"
#include "host/spec/experiment.h"

namespace genretrack {

struct StepKey {
  std::uint64_t seed = 0;
  std::int64_t step = 0;  // from 0
};

// What all inputs of a segment share, because they hear the same recording: stretch, masks in time, and the
// partner of mixup with the share that is kept. `crops` come with their clips and starts; a stretched one
// starts as far between the first and the last possible frame as before. `usable` is per clip, in frames.
void draw_segment_changes(const AugmentSpec& augment, const std::vector<int>& usable, int segment,
                          StepKey key, std::vector<Crop>& crops);

// Of one input of the network.
struct InputKind {
  Transform transform = Transform::kSpectrogram;
  int rows = 0;
  bool decibel = false;  // gain and noise have a meaning
};

// What each input has of its own: masks of rows and noise; the gain of a segment is the same in all inputs.
// A transform draws the same whatever stands beside it.
void draw_input_changes(const AugmentSpec& augment, const InputKind& input, StepKey key,
                        std::vector<Crop>& crops);

}  // namespace genretrack
