#include "host/cli/picture_axes.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "host/dsp/mel.h"

namespace genretrack {
namespace {

constexpr int kMostTimeTicks = 12, kMostFrequencyTicks = 10, kMostColourTicks = 6;
constexpr double kShortestLag = 4;  // frames; between 4 and 5 lies a quarter of a tempo

std::string tempo_label(double tempo) {
  std::string label = std::to_string(std::llround(tempo * 10));
  const char tenth = label.back();
  label.pop_back();
  return tenth == '0' ? label : label + "." + tenth;
}

}  // namespace

Axis time_axis(const FeatureParams& params, long long first_frame, int columns) {
  const double step = static_cast<double>(params.hop_length) / params.sample_rate;
  const double first = step * static_cast<double>(first_frame), last = first + step * (columns - 1);
  return {time_title(last), first - 0.5 * step, last + 0.5 * step, time_ticks(first, last, kMostTimeTicks)};
}

// Band m has its centre at row m + 0.5 and on the mel scale at (m + 1) / (n_mels + 1) of the top.
Axis mel_axis(const FeatureParams& params) {
  Axis axis{"frequency (Hz, mel scale)", 0, static_cast<double>(params.n_mels), {}};
  const double top = hz_to_mel(params.sample_rate / 2.0, params.profile);
  for (const int hz : {250, 500, 1000, 2000, 4000, 8000, 16000, 32000, 64000, 128000}) {
    const double row = hz_to_mel(hz, params.profile) / top * (params.n_mels + 1) - 0.5;
    if (row >= 0 && row <= params.n_mels) axis.ticks.push_back({row, std::to_string(hz)});
  }
  return axis;
}

// Bin k has its centre at k * sample_rate / n_fft, in the middle of its row.
Axis bin_axis(const FeatureParams& params) {
  const double width = static_cast<double>(params.sample_rate) / params.n_fft;
  const double top = params.sample_rate / 2.0;
  return {"frequency (Hz)", -0.5 * width, top + 0.5 * width, round_ticks(0, top, kMostFrequencyTicks)};
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

double tempo_of_lag(const FeatureParams& params, double lag) {
  return 60.0 * params.sample_rate / (params.hop_length * lag);
}

Axis tempo_axis(const FeatureParams& params, int lags) {
  const double longest = std::max(lags - 1, 1), shortest = std::min(kShortestLag, longest / 2);
  Axis axis{
      "tempo (BPM)", std::log2(tempo_of_lag(params, longest)), std::log2(tempo_of_lag(params, shortest)), {}};
  for (double octave = 3.75; octave < 1e5; octave *= 2)
    for (const double tempo : {octave, 1.5 * octave}) {
      const bool between = tempo != octave && (tempo < 30 || tempo > 240);
      const double at = std::log2(tempo);
      if (!between && at >= axis.low && at <= axis.high) axis.ticks.push_back({at, tempo_label(tempo)});
    }
  return axis;
}

Axis colour_axis(const std::string& title, double low, double high) {
  // Silence has one value everywhere; any width of scale shows it.
  if (!(high > low)) high = low + 1;
  return {title, low, high, round_ticks(low, high, kMostColourTicks)};
}

}  // namespace genretrack
