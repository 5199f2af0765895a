#include "host/cli/show_window.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>

#include "host/core/error.h"
#include "host/dsp/delta.h"
#include "host/dsp/hpss.h"
#include "host/dsp/onset.h"
#include "host/dsp/tempogram.h"

namespace genretrack {
namespace {

constexpr double kLatest = 1e8;  // seconds; no recording gets there, and its samples can still be counted
constexpr int kMedianReach = kMedianWidth / 2;  // frames to either side

[[noreturn]] void refuse_time(const std::string& option, const std::string& text) {
  throw Error(ErrorKind::kUsage,
              fmt::format("{} {}: expected a time that is not negative, as seconds or as hours, minutes and "
                          "seconds: 90, 1:30, 1:02:03.5",
                          option, text));
}

// Digits with at most one point between them; nothing else.
bool parse_part(std::string_view part, bool whole, double& value) {
  const auto allowed = [whole](char c) { return (c >= '0' && c <= '9') || (c == '.' && !whole); };
  if (part.empty() || !std::all_of(part.begin(), part.end(), allowed)) return false;
  const auto [end, error] =
      std::from_chars(part.data(), part.data() + part.size(), value, std::chars_format::fixed);
  return error == std::errc() && end == part.data() + part.size();
}

// Frames on each side whose values depend on samples beyond the edge of a part.
int reach_of(const FeatureParams& params, PictureKind kind) {
  const int half_window = (params.n_fft / 2 + params.hop_length - 1) / params.hop_length;
  switch (kind) {
    case PictureKind::kFlux:
      return half_window + 1;
    case PictureKind::kTempogram:
      // Onset strength comes from flux and is later than it.
      return kTempogramSide + onset_delay(params.n_fft, params.hop_length) + half_window + 1;
    case PictureKind::kHarmonic:
    case PictureKind::kPercussive:
      return half_window + kMedianReach;
    case PictureKind::kMfcc:
      // As many as deltas need at least, so that any part of a recording that has them does.
      return half_window + (params.deltas > 0 ? kDeltaWidth : 0);
    default:
      return half_window;
  }
}

}  // namespace

double parse_time(const std::string& option, const std::string& text) {
  std::string_view rest = text;
  double seconds = 0;
  for (int part = 0; part < 3; ++part) {
    const std::size_t colon = rest.find(':');
    const bool last = colon == rest.npos;
    double value = 0;
    if (!parse_part(rest.substr(0, colon), !last, value) || (part > 0 && value >= 60)) break;
    seconds = 60 * seconds + value;
    if (last) return std::min(seconds, kLatest);
    rest.remove_prefix(colon + 1);
  }
  refuse_time(option, text);
}

ShownFrames FrameWindow::shown(const FeatureParams& params, std::size_t samples) const {
  const auto hop = static_cast<std::size_t>(params.hop_length);
  const std::size_t before = static_cast<std::size_t>(lead) * hop;
  if (samples <= before) return {};
  const auto there = static_cast<long long>(1 + (samples - before) / hop);
  return {lead, static_cast<int>(std::min<long long>(most_frames, there)), first_frame};
}

FrameWindow frame_window(const FeatureParams& params, double start, double seconds,
                         const std::vector<PictureKind>& kinds) {
  const double frame = static_cast<double>(params.hop_length) / params.sample_rate;
  if (!(seconds >= frame))
    throw Error(ErrorKind::kUsage,
                fmt::format("--seconds {}: less than a frame, which is {:.3g} s", seconds, frame));
  if (seconds > kMostSeconds)
    throw Error(ErrorKind::kUsage,
                fmt::format("--seconds {}: at most {} seconds are shown at a time; choose where with --start",
                            seconds, kMostSeconds));
  int reach = 0;
  for (const PictureKind kind : kinds) reach = std::max(reach, reach_of(params, kind));
  FrameWindow window;
  window.first_frame = std::llround(start * params.sample_rate) / params.hop_length;
  const auto shown_samples = static_cast<std::size_t>(std::llround(seconds * params.sample_rate));
  const auto hop = static_cast<std::size_t>(params.hop_length);
  window.most_frames = static_cast<int>(1 + shown_samples / hop);
  window.lead = static_cast<int>(std::min<long long>(window.first_frame, reach));
  window.first_sample = static_cast<std::size_t>(window.first_frame - window.lead) * hop;
  window.sample_count = shown_samples + static_cast<std::size_t>(window.lead + reach) * hop;
  return window;
}

}  // namespace genretrack
