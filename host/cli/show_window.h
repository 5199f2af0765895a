// Which part of a recording is shown, and what must be read for it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "host/cli/transform_pictures.h"
#include "host/dsp/feature_params.h"

namespace genretrack {

inline constexpr double kDefaultSeconds = 600, kMostSeconds = 1800;

// Seconds, or minutes and seconds, or hours, minutes and seconds: 3723.5, 62:03.5, 1:02:03.5. Throws
// Error(kUsage) that names the option for anything else.
double parse_time(const std::string& option, const std::string& text);

// Frames of whole hops of the recording. Some more are read on each side than are shown, so that what is
// shown is what stands there when the whole recording is transformed: windows, differences, medians and
// autocorrelations reach over the edge of the part.
struct FrameWindow {
  std::size_t first_sample = 0, sample_count = 0;  // to read, at FeatureParams::sample_rate
  int lead = 0;                                    // frames read before the first one shown
  long long first_frame = 0;                       // shown, of the recording
  int most_frames = 0;                             // shown, where the recording is long enough

  // What is shown of the `samples` that were there to read; none where the part lies behind the end.
  ShownFrames shown(const FeatureParams& params, std::size_t samples) const;
};

// `start` and `seconds` as parse_time() gives them. Throws Error(kUsage) where `seconds` is shorter than a
// frame's hop or longer than kMostSeconds.
FrameWindow frame_window(const FeatureParams& params, double start, double seconds,
                         const std::vector<PictureKind>& kinds);

}  // namespace genretrack
