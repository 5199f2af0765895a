#include "host/doctor/signal_stats.h"

#include <algorithm>
#include <cmath>

namespace genretrack {
namespace {

// Two steps of 16 bits below full scale: converters and encoders do not all use the last one.
constexpr float kFullScale = 1 - 2.0f / 32768;
// One or two samples at full scale are a peak that was normalised to it; a third makes a flat top.
constexpr std::uint64_t kFlatTop = 3;
constexpr double kQuietBlockSeconds = 0.05;

}  // namespace

SignalMeter::SignalMeter(int sample_rate, int channels)
    : rate_(sample_rate),
      sums_(static_cast<std::size_t>(channels)),
      quiet_block_frames_(
          std::max<std::size_t>(1, static_cast<std::size_t>(std::lround(kQuietBlockSeconds * sample_rate)))) {
  stats_.channels.resize(static_cast<std::size_t>(channels));
}

void SignalMeter::push(std::span<const float> frames, std::span<const float> mono) {
  for (std::size_t channel = 0; channel < sums_.size(); ++channel) take_channel(channel, frames);
  const std::size_t channels = sums_.size();
  for (std::size_t i = 0; i < mono.size(); ++i) {
    mono_.add(mono[i]);
    if (channels > 1)
      difference_.add(static_cast<double>(frames[i * channels + 1]) -
                      static_cast<double>(frames[i * channels]));
    quiet_squares_ += static_cast<double>(mono[i]) * static_cast<double>(mono[i]);
    if (++in_block_ < quiet_block_frames_) continue;
    const std::uint64_t end = stats_.frames + i + 1;
    const bool quiet = quiet_squares_ < kSilentLevel * kSilentLevel * static_cast<double>(in_block_);
    if (quiet && !silent_) silence_begin_ = end - in_block_;
    if (!quiet && silent_) end_silence(end - in_block_);
    silent_ = quiet;
    quiet_squares_ = 0;
    in_block_ = 0;
  }
  stats_.frames += mono.size();
}

void SignalMeter::take_channel(std::size_t channel, std::span<const float> frames) {
  ChannelStats& stats = stats_.channels[channel];
  Sums& sums = sums_[channel];
  for (std::size_t i = channel, at = 0; i < frames.size(); i += sums_.size(), ++at) {
    const float value = frames[i];
    sums.add(value);
    stats.peak = std::max(stats.peak, static_cast<double>(std::abs(value)));
    if (std::abs(value) >= kFullScale)
      ++sums.run;
    else if (sums.run > 0)
      end_run(channel, stats_.frames + at);
  }
}

void SignalMeter::end_run(std::size_t channel, std::uint64_t end) {
  ChannelStats& stats = stats_.channels[channel];
  std::uint64_t& run = sums_[channel].run;
  if (run >= kFlatTop) {
    if (stats.clipped == 0) stats.first_clipped_seconds = static_cast<double>(end - run) / rate_;
    stats.clipped += run;
    stats.longest_run = std::max(stats.longest_run, run);
  }
  run = 0;
}

void SignalMeter::end_silence(std::uint64_t end) {
  const double seconds = static_cast<double>(end - silence_begin_) / rate_;
  if (seconds <= stats_.longest_silence_seconds) return;
  stats_.longest_silence_seconds = seconds;
  stats_.longest_silence_at = static_cast<double>(silence_begin_) / rate_;
}

double SignalMeter::rms(const Sums& sums) const {
  const auto n = static_cast<double>(std::max<std::uint64_t>(1, stats_.frames));
  const double mean = sums.sum / n;
  return std::sqrt(std::max(0.0, sums.squares / n - mean * mean));
}

SignalStats SignalMeter::finish() {
  for (std::size_t channel = 0; channel < sums_.size(); ++channel) {
    end_run(channel, stats_.frames);
    stats_.channels[channel].rms = rms(sums_[channel]);
    stats_.channels[channel].mean =
        sums_[channel].sum / static_cast<double>(std::max<std::uint64_t>(1, stats_.frames));
  }
  if (silent_) end_silence(stats_.frames);
  stats_.mono_rms = rms(mono_);
  stats_.difference_rms = rms(difference_);
  return stats_;
}

}  // namespace genretrack
