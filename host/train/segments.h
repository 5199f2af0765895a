// Where the segments of a clip lie. A clip counts as long as its recording: frames of zero padding behind it
// are no music and are neither trained on nor predicted, unless the recording is shorter than one segment.
#pragma once

#include <cstdint>
#include <vector>

#include "host/backend/network_ops.h"
#include "host/dsp/feature_params.h"

namespace genretrack {

// Frames of the clip that hold its recording, at least `segment` and at most frame_count().
int usable_frames(double seconds, const FeatureParams& params, int segment);

// How many segments cover a clip: ceil(usable / segment), or more where neighbours have to have at least the
// share `overlap` of a segment in common; overlap in [0, 1).
int segment_count(int usable, int segment, double overlap = 0);

// That many starts spread evenly from the first frame to the last possible start, so that every frame is
// heard.
std::vector<int> even_starts(int usable, int segment, double overlap = 0);

// The crops of one epoch: each clip as often as it has segments, in random order; starts random or even.
// A function of (seed, epoch) and nothing else.
std::vector<Crop> epoch_crops(const std::vector<std::size_t>& clips, const std::vector<int>& usable,
                              int segment, bool random_crop, std::uint64_t seed, int epoch);

}  // namespace genretrack
