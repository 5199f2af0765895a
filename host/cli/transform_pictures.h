// The four transforms of a recording as pictures: what stands on their axes.
#pragma once

#include <vector>

#include "host/dsp/feature_params.h"
#include "host/report/picture.h"

namespace genretrack {

// `values` holds (rows(t), frame_count()) of each transform, in the order of kTransforms. Frames that reach
// past the recording's end stay: their centres do not.
std::vector<Picture> transform_pictures(const FeatureParams& params, std::vector<std::vector<float>> values);

}  // namespace genretrack
