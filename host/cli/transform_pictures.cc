#include "host/cli/transform_pictures.h"

#include <algorithm>
#include <array>

#include "host/dsp/mel.h"

namespace genretrack {
namespace {

constexpr int kMostSecondTicks = 12, kMostColourTicks = 6;

// Frame t is centred at t * hop_length samples.
Axis seconds_axis(const FeatureParams& params) {
  const double step = static_cast<double>(params.hop_length) / params.sample_rate;
  const double last = step * (params.frame_count() - 1);
  return {"time (s)", -0.5 * step, last + 0.5 * step, round_ticks(0, last, kMostSecondTicks)};
}

// Band m has its centre at row m + 0.5 and on the mel scale at (m + 1) / (n_mels + 1) of the top.
Axis mel_axis(const FeatureParams& params) {
  Axis axis{"frequency (Hz, mel scale)", 0, static_cast<double>(params.n_mels), {}};
  const double top = hz_to_mel(params.sample_rate / 2.0);
  for (const int hz : {250, 500, 1000, 2000, 4000, 8000, 16000, 32000}) {
    const double row = hz_to_mel(hz) / top * (params.n_mels + 1) - 0.5;
    if (row >= 0 && row <= params.n_mels) axis.ticks.push_back({row, std::to_string(hz)});
  }
  return axis;
}

Axis coefficient_axis(const FeatureParams& params) {
  Axis axis{"coefficient number", 0, static_cast<double>(params.n_mfcc), {}};
  const int step = std::max(1, params.n_mfcc / 10);
  for (int i = 0; i < params.n_mfcc; i += step) axis.ticks.push_back({i + 0.5, std::to_string(i)});
  return axis;
}

Axis note_axis() {
  constexpr std::array kNotes = {"C",       "C\u266f", "D",       "D\u266f", "E",       "F",
                                 "F\u266f", "G",       "G\u266f", "A",       "A\u266f", "B"};
  static_assert(kNotes.size() == kChromaBins);
  Axis axis{"pitch class", 0, kChromaBins, {}};
  for (int i = 0; i < kChromaBins; ++i) axis.ticks.push_back({i + 0.5, kNotes[static_cast<std::size_t>(i)]});
  return axis;
}

Axis colour_axis(const char* title, double low, double high) {
  // Silence has one value everywhere; any width of scale shows it.
  if (!(high > low)) high = low + 1;
  return {title, low, high, round_ticks(low, high, kMostColourTicks)};
}

// The value below which a share of them lies.
double quantile(std::vector<float> values, double share) {
  if (values.empty()) return 0;
  const auto at =
      values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

Picture picture_of(Transform transform, const FeatureParams& params, std::vector<float> values) {
  Picture picture;
  picture.rows = params.rows(transform);
  picture.columns = params.frame_count();
  picture.x = seconds_axis(params);
  switch (transform) {
    case Transform::kSpectrogram:
      picture.title = "Spectrogram";
      picture.note = "Power in " + std::to_string(params.n_mels) + " mel bands.";
      picture.y = mel_axis(params);
      picture.colour = colour_axis("dB", *std::min_element(values.begin(), values.end()),
                                   *std::max_element(values.begin(), values.end()));
      break;
    case Transform::kPercussion:
      picture.title = "Percussion";
      picture.note =
          "Spectral flux: how much each band rises from one frame to the next. The strongest half per cent "
          "is "
          "off the scale.";
      picture.y = mel_axis(params);
      picture.colour = colour_axis("dB per frame", 0, quantile(values, 0.995));
      break;
    case Transform::kMfcc: {
      picture.title = "MFCC";
      picture.note =
          "Coefficients 0 and 1, loudness and tilt, are mostly off the scale, which is that of the others.";
      picture.y = coefficient_axis(params);
      const std::vector<float> others(values.begin() + std::min(2, params.n_mfcc - 1) * picture.columns,
                                      values.end());
      picture.colour = colour_axis("coefficient's value", quantile(others, 0.005), quantile(others, 0.995));
      break;
    }
    case Transform::kChromagram:
      picture.title = "Chromagram";
      picture.note = "Energy by pitch class, relative to the strongest of each frame.";
      picture.y = note_axis();
      picture.colour = colour_axis("relative", 0, 1);
      break;
  }
  picture.values = std::move(values);
  return picture;
}

}  // namespace

std::vector<Picture> transform_pictures(const FeatureParams& params, std::vector<std::vector<float>> values) {
  std::vector<Picture> pictures;
  for (const Transform transform : kTransforms)
    pictures.push_back(picture_of(transform, params, std::move(values[static_cast<std::size_t>(transform)])));
  return pictures;
}

}  // namespace genretrack
