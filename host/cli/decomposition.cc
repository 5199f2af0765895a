#include "host/cli/decomposition.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>

#include "host/analysis/calibration.h"
#include "host/core/error.h"

namespace genretrack {
namespace {

constexpr double kMissed = 0.05;          // share of known clips that are taken for none of these
constexpr double kShortestSection = 5.0;  // seconds

double largest(std::span<const double> row) { return *std::max_element(row.begin(), row.end()); }

double threshold_of(const AppliedRun& run) {
  const Predictions clips = run.fitted_on.empty() ? run.held_out : calibrated(run.held_out, run.temperature);
  const std::size_t genres = clips.genres.size();
  std::vector<double> scores;
  for (std::size_t i = 0; i < clips.clips.size(); ++i)
    scores.push_back(largest(std::span(clips.probabilities).subspan(i * genres, genres)));
  std::sort(scores.begin(), scores.end());
  return scores.empty() ? 0 : scores[static_cast<std::size_t>(kMissed * static_cast<double>(scores.size()))];
}

}  // namespace

Decomposer::Decomposer(const AppliedRun& run, const DecomposeSettings& settings)
    : run_(run), segment_(run.models->segment_frames()), threshold_(threshold_of(run)) {
  const FeatureParams& params = run.models->experiment().features;
  const double frame = static_cast<double>(params.hop_length) / params.sample_rate;
  const double segment = run.models->experiment().training.segment_seconds;
  const double window = settings.window > 0 ? settings.window : segment;
  const double hop = settings.hop > 0 ? settings.hop : segment / 2;
  if (window < segment)
    throw Error(
        ErrorKind::kUsage,
        fmt::format("--window {}: the model was trained on segments of {} s and hears no shorter ones",
                    window, segment));
  if (hop < frame || hop > window)
    throw Error(
        ErrorKind::kUsage,
        fmt::format("--hop {}: must be from {:.3f} s (a frame) to the window's {} s", hop, frame, window));
  // A hop longer than what a window of the transforms holds would leave segments out.
  const double most = params.frame_count() * frame;
  if (hop > most)
    throw Error(ErrorKind::kUsage,
                fmt::format("--hop {}: must be at most {:.3g} s, the model's clips", hop, most));
  hop_ = std::max(1, static_cast<int>(std::lround(hop / frame)));
  per_window_ = 1 + static_cast<int>(std::floor((window - segment) / (hop_ * frame) + 1e-9));
  smoothing_ = (settings.smoothing < 0 ? window : settings.smoothing) / (hop_ * frame);
}

double Decomposer::seconds_of(long long frames) const {
  const FeatureParams& params = run_.models->experiment().features;
  return static_cast<double>(frames * params.hop_length) / params.sample_rate;
}

NoneOfThese Decomposer::none_of(const AnsweredRecording& answer) const {
  const std::size_t segments = answer.frames.size();
  const int frames = run_.models->experiment().features.frame_count();
  const std::size_t stretch = std::min(segments, static_cast<std::size_t>((frames - segment_) / hop_ + 1));
  NoneOfThese none{threshold_, 0, 0};
  const std::size_t count = (segments + stretch - 1) / stretch;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t first =
        std::min(i * stretch, segments - stretch);  // the last one ends with the recording
    const double sure = largest(answer_of_stretch(run_, answer, first, stretch));
    none.score += sure / static_cast<double>(count);
    none.share += sure < threshold_ ? 1.0 / static_cast<double>(count) : 0;
  }
  return none;
}

Decomposition Decomposer::decompose(const AnsweredRecording& answer) const {
  const std::size_t genres = run_.models->genres().size(), segments = answer.frames.size();
  const auto width = std::min(static_cast<std::size_t>(per_window_), segments);
  const std::size_t windows = segments - width + 1;
  std::vector<double> shares(windows * genres);
  for (std::size_t w = 0; w < windows; ++w)
    for (std::size_t s = w; s < w + width; ++s)
      for (std::size_t g = 0; g < genres; ++g)
        shares[w * genres + g] += answer.by_segment[s * genres + g] / static_cast<double>(width);
  const std::vector<double> smooth = smoothed(shares, genres, smoothing_);
  const auto row = [&](const std::vector<double>& values, std::size_t w) {
    const auto first = values.begin() + static_cast<std::ptrdiff_t>(w * genres);
    return std::vector<double>(first, first + static_cast<std::ptrdiff_t>(genres));
  };
  Decomposition found;
  found.seconds = answer.seconds;
  found.seen = answer.seen;
  found.none = none_of(answer);
  for (std::size_t w = 0; w < windows; ++w)
    found.windows.push_back(
        {seconds_of(answer.frames[w]),
         std::min(answer.seconds, seconds_of(answer.frames[w + width - 1] + segment_ - 1)), row(shares, w),
         row(smooth, w)});
  // Windows that share sound are no news to each other.
  const int reach = (static_cast<int>(width) - 1) * hop_ + segment_;
  const std::size_t spacing = static_cast<std::size_t>((reach + hop_ - 1) / hop_);
  found.components = components(shares, genres, spacing, 0.05);
  const auto least = static_cast<std::size_t>(std::ceil(kShortestSection / seconds_of(hop_)));
  std::vector<std::size_t> bounds = {0};
  for (const std::size_t start : section_starts(shares, genres, spacing, std::max(least, spacing)))
    bounds.push_back(start);
  bounds.push_back(windows);
  for (std::size_t i = 0; i + 1 < bounds.size(); ++i) {
    Section section;
    // A change lies between the middles of two windows.
    const auto edge = [&](std::size_t w) {
      return 0.25 * (found.windows[w - 1].start + found.windows[w - 1].end + found.windows[w].start +
                     found.windows[w].end);
    };
    section.start = i == 0 ? 0 : edge(bounds[i]);
    section.end = bounds[i + 1] == windows ? answer.seconds : edge(bounds[i + 1]);
    section.shares.assign(genres, 0);
    for (std::size_t w = bounds[i]; w < bounds[i + 1]; ++w)
      for (std::size_t g = 0; g < genres; ++g)
        section.shares[g] += shares[w * genres + g] / static_cast<double>(bounds[i + 1] - bounds[i]);
    found.sections.push_back(std::move(section));
  }
  if (!answer.embedding.empty()) found.embedding = answer.embedding.front();
  return found;
}

std::string Decomposer::method() const {
  return fmt::format(
      "Windows of {:.3g} s every {:.3g} s; the course over time is smoothed by a Gaussian kernel with a "
      "standard deviation of {:.3g} s. Components are means over windows with 95 % t intervals that respect "
      "that neighbouring windows resemble each other: they say what other passages of such a recording could "
      "have given, not whether the model is right. None of these: a stretch of the length of the training's "
      "clips whose most probable genre has less than {:.3f}, as 5 % of {} clips have that the models did not "
      "train on; no recordings of anything else went into it.",
      seconds_of((per_window_ - 1) * hop_ + segment_ - 1), seconds_of(hop_), smoothing_ * seconds_of(hop_),
      threshold_, run_.held_out.clips.size());
}

}  // namespace genretrack
