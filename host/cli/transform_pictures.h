// The transforms of a recording as pictures: which there are, and what is written on them.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "host/dsp/feature_params.h"
#include "host/report/picture.h"

namespace genretrack {

enum class PictureKind { kSpectrogram, kFlux, kTempogram, kHarmonic, kPercussive, kMfcc, kChromagram };
inline constexpr std::array<std::string_view, 7> kPictureNames = {
    "spectrogram", "flux", "tempogram", "harmonic", "percussive", "mfcc", "chromagram"};
constexpr std::string_view name(PictureKind kind) { return kPictureNames[static_cast<std::size_t>(kind)]; }

// The transform that a picture shows, and where that is percussion, of which kind.
Transform transform_of(PictureKind kind);
std::optional<PercussionKind> percussion_of(PictureKind kind);
PictureKind picture_of(PercussionKind kind);

// The frames of a transform that are shown, and where they stand in the recording.
struct ShownFrames {
  int first = 0, count = 0;    // columns of the values given
  long long in_recording = 0;  // the first one's number, counted from the recording's beginning
};

// `values` holds (rows(t), frame_count()) of the picture's transform. One picture, but of the MFCC one for
// the coefficients and one for each order of their differences, which have scales of their own. Frames that
// reach past the recording's end stay: their centres do not. Pictures are reduced to `most_columns`, and
// colours cover the values that are then drawn.
std::vector<Picture> transform_pictures(PictureKind kind, const FeatureParams& params,
                                        const ShownFrames& frames, std::span<const float> values,
                                        int most_columns);

}  // namespace genretrack
