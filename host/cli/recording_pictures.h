// A part of a recording, transformed and drawn.
#pragma once

#include <filesystem>
#include <vector>

#include "host/audio/decode.h"
#include "host/backend/device.h"
#include "host/cli/show_window.h"
#include "host/cli/transform_pictures.h"

namespace genretrack {

// What a picture shows, before it is drawn.
struct PictureSummary {
  PictureKind kind;
  int rows = 0, frames = 0;
  float least = 0, most = 0;
};

struct RecordingPictures {
  double recording_seconds = 0;  // all of it
  int file_sample_rate = 0, file_channels = 0;
  double start = 0, seconds = 0;  // of the part that is shown
  std::vector<Picture> pictures;
  std::vector<PictureSummary> summaries;  // of each kind asked for
};

// Reads the part that `start` and `seconds` say, runs the extractor once per kind of percussion, and draws
// each kind at most `most_columns` wide. The floor below the loudest value and the tuning are those of the
// part that is read. Throws Error(kUsage) where the part begins behind the recording's end, and what
// decode_window() and extractors throw.
RecordingPictures recording_pictures(const std::filesystem::path& audio, FeatureParams params, Device device,
                                     double start, double seconds, const std::vector<PictureKind>& kinds,
                                     int most_columns);

}  // namespace genretrack
