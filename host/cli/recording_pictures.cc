#include "host/cli/recording_pictures.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <limits>

#include "host/core/error.h"

namespace genretrack {
namespace {

// All four transforms with one kind of percussion.
class Extraction {
 public:
  Extraction(Device device, const Pcm& samples, const FeatureParams& params) : params_(params) {
    ClipFeatures features;
    for (const Transform t : kTransforms) {
      values_[static_cast<std::size_t>(t)].resize(static_cast<std::size_t>(params.rows(t)) *
                                                  static_cast<std::size_t>(params.frame_count()));
      features.rows[static_cast<std::size_t>(t)] = values_[static_cast<std::size_t>(t)];
    }
    make_feature_extractor(device, params)->extract({&samples, 1}, {&features, 1});
  }
  const FeatureParams& params() const { return params_; }
  std::span<const float> operator[](Transform t) const { return values_[static_cast<std::size_t>(t)]; }

 private:
  FeatureParams params_;
  std::array<std::vector<float>, kTransformCount> values_;
};

PictureSummary summary_of(PictureKind kind, const FeatureParams& params, const ShownFrames& frames,
                          std::span<const float> values) {
  PictureSummary summary{kind, params.rows(transform_of(kind)), frames.count,
                         std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity()};
  for (int row = 0; row < summary.rows; ++row) {
    const auto begin =
        values.begin() + static_cast<std::ptrdiff_t>(row) * params.frame_count() + frames.first;
    const auto [least, most] = std::minmax_element(begin, begin + frames.count);
    summary.least = std::min(summary.least, *least);
    summary.most = std::max(summary.most, *most);
  }
  return summary;
}

// Which kind of percussion each picture is drawn with: its own, or for other transforms any that is computed.
std::vector<PercussionKind> runs_for(const std::vector<PictureKind>& kinds) {
  std::vector<PercussionKind> runs;
  for (const PictureKind kind : kinds)
    if (const auto percussion = percussion_of(kind);
        percussion && std::find(runs.begin(), runs.end(), *percussion) == runs.end())
      runs.push_back(*percussion);
  if (runs.empty()) runs.push_back(PercussionKind::kFlux);
  return runs;
}

[[noreturn]] void refuse_start(const std::filesystem::path& audio, double start, double length) {
  throw Error(ErrorKind::kUsage, fmt::format("{}: --start {} lies behind its end; it lasts {}",
                                             audio.string(), time_text(start), time_text(length)));
}

}  // namespace

RecordingPictures recording_pictures(const std::filesystem::path& audio, FeatureParams params, Device device,
                                     double start, double seconds, const std::vector<PictureKind>& kinds,
                                     int most_columns) {
  // Short recordings have no deltas, and need none where none are drawn.
  if (std::find(kinds.begin(), kinds.end(), PictureKind::kMfcc) == kinds.end()) params.deltas = 0;
  const FrameWindow window = frame_window(params, start, seconds, kinds);
  const Recording recording =
      decode_window(audio, params.sample_rate, window.first_sample, window.sample_count);
  const ShownFrames frames = window.shown(params, recording.size());
  if (frames.count == 0 || start >= recording.seconds) refuse_start(audio, start, recording.seconds);
  params.clip_seconds = static_cast<double>(recording.size()) / params.sample_rate;
  const Pcm samples = std::visit([](const auto& s) -> Pcm { return std::span(s); }, recording.samples);

  std::vector<std::vector<Picture>> drawn(kinds.size());
  std::vector<PictureSummary> summaries(kinds.size());
  const std::vector<PercussionKind> runs = runs_for(kinds);
  for (const PercussionKind run : runs) {
    params.percussion = run;
    const Extraction extraction(device, samples, params);
    for (std::size_t i = 0; i < kinds.size(); ++i) {
      if (percussion_of(kinds[i]).value_or(runs.front()) != run) continue;
      const std::span<const float> values = extraction[transform_of(kinds[i])];
      summaries[i] = summary_of(kinds[i], params, frames, values);
      drawn[i] = transform_pictures(kinds[i], params, frames, values, most_columns);
    }
  }

  RecordingPictures result;
  result.recording_seconds = recording.seconds;
  result.file_sample_rate = recording.file_sample_rate;
  result.file_channels = recording.file_channels;
  const double frame = static_cast<double>(params.hop_length) / params.sample_rate;
  result.start = frame * static_cast<double>(frames.in_recording);
  result.seconds = std::min(seconds, recording.seconds - result.start);
  result.summaries = std::move(summaries);
  for (std::vector<Picture>& pictures : drawn)
    for (Picture& picture : pictures) result.pictures.push_back(std::move(picture));
  return result;
}

}  // namespace genretrack
