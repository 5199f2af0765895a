#include "host/doctor/clip_findings.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>

#include "host/doctor/sniff.h"

namespace genretrack {
namespace {

constexpr double kClippedWarning = 1e-3, kClippedNote = 1e-4;  // share of samples
constexpr double kOffsetShare = 0.1;                           // of the RMS: a hundredth of the power
constexpr double kSilenceSeconds = 3;                          // a training segment by default
constexpr double kSameChannels = 1e-3;  // RMS of the difference to that of the channels: -60 dB
constexpr double kCancelled = 0.1;      // RMS of the average to that of the channels: -20 dB

double decibel_of(double value) { return 20 * std::log10(std::max(value, 1e-9)); }

// "cut off" and "empty" are findings of their own; the decode layer says them in these words.
FindingKind kind_of_error(const std::string& message, bool open_end) {
  const auto says = [&](const char* words) { return message.find(words) != std::string::npos; };
  if (says("is empty") || says("no samples")) return FindingKind::kEmpty;
  if (says("cut off") || open_end) return FindingKind::kTruncated;
  return FindingKind::kUnreadable;
}

class ClipFindings {
 public:
  ClipFindings(const Clip& clip, std::size_t index, const ClipFacts& facts, std::vector<Finding>& findings)
      : clip_(clip), index_(index), facts_(facts), findings_(findings) {}

  void find() {
    suffix();
    if (!facts_.error.empty()) return error();
    if (facts_.open_end)
      add(FindingKind::kTruncated, Severity::kWarning,
          fmt::format("its last page is missing: it ends after {:.1f} s", facts_.seconds));
    if (is_silent(facts_)) return silent();
    clipping();
    offset();
    silence();
    channels();
  }

 private:
  void add(FindingKind kind, Severity severity, std::string what, double strength = 0) {
    findings_.push_back({kind, severity, {index_}, {}, std::move(what), strength});
  }

  void error() {
    // The path is said already.
    std::string message = facts_.error;
    const std::string path = clip_.path.string() + ": ";
    if (message.starts_with(path)) message.erase(0, path.size());
    if (facts_.open_end) message += "; its last page is missing, so it is cut off";
    if (!facts_.container.empty() && !is_readable_container(facts_.container))
      message += "; it is " + facts_.container;
    add(kind_of_error(message, facts_.open_end), Severity::kError, message);
  }

  void suffix() {
    const std::string suffix = clip_.path.extension().string();
    if (!is_readable_container(facts_.container) || suffix_fits(suffix, facts_.container)) return;
    add(FindingKind::kWrongSuffix, Severity::kWarning,
        fmt::format("named {}, the content is {}", suffix, facts_.container));
  }

  double loudest_rms() const {
    double loudest = 0;
    for (const ChannelStats& channel : facts_.signal.channels) loudest = std::max(loudest, channel.rms);
    return loudest;
  }

  void silent() {
    if (loudest_rms() >= kSilentLevel)
      return add(FindingKind::kCancellingChannels, Severity::kError,
                 fmt::format("the channels have {:.0f} dBFS, their average {:.0f}", decibel_of(loudest_rms()),
                             decibel_of(facts_.signal.mono_rms)));
    const double peak = std::max_element(facts_.signal.channels.begin(), facts_.signal.channels.end(),
                                         [](const auto& a, const auto& b) { return a.peak < b.peak; })
                            ->peak;
    add(FindingKind::kSilent, Severity::kError,
        peak == 0 ? "every sample is zero"
                  : fmt::format("{:.0f} dBFS on average, {:.0f} at its peak",
                                decibel_of(facts_.signal.mono_rms), decibel_of(peak)));
  }

  void clipping() {
    const auto worst = std::max_element(facts_.signal.channels.begin(), facts_.signal.channels.end(),
                                        [](const auto& a, const auto& b) { return a.clipped < b.clipped; });
    const double share = static_cast<double>(worst->clipped) / static_cast<double>(facts_.signal.frames);
    if (share < kClippedNote) return;
    add(FindingKind::kClipped, share < kClippedWarning ? Severity::kNote : Severity::kWarning,
        fmt::format(
            "{:.2f} % of the samples lie in flat tops at full scale, the longest {} samples; the first at "
            "{:.1f} s",
            100 * share, worst->longest_run, worst->first_clipped_seconds),
        share);
  }

  void offset() {
    const auto share = [](const ChannelStats& channel) {
      return std::abs(channel.mean) / std::max(channel.rms, kSilentLevel);
    };
    const auto worst = std::max_element(facts_.signal.channels.begin(), facts_.signal.channels.end(),
                                        [&](const auto& a, const auto& b) { return share(a) < share(b); });
    if (share(*worst) < kOffsetShare || std::abs(worst->mean) < kSilentLevel) return;
    add(FindingKind::kOffset, Severity::kWarning,
        fmt::format("the mean is {:+.4f} of full scale, {:.0f} % of the RMS", worst->mean,
                    100 * share(*worst)),
        share(*worst));
  }

  void silence() {
    const SignalStats& signal = facts_.signal;
    if (signal.longest_silence_seconds < kSilenceSeconds) return;
    add(FindingKind::kSilence, Severity::kWarning,
        fmt::format("{:.1f} s below -60 dBFS, from {:.1f} s on", signal.longest_silence_seconds,
                    signal.longest_silence_at),
        signal.longest_silence_seconds);
  }

  void channels() {
    const SignalStats& signal = facts_.signal;
    if (signal.channels.size() < 2) return;
    const double loudest = loudest_rms();
    if (signal.mono_rms < kCancelled * loudest)
      return add(FindingKind::kCancellingChannels, Severity::kWarning,
                 fmt::format("their average is {:.0f} dB quieter than the louder one",
                             decibel_of(loudest / signal.mono_rms)));
    for (std::size_t i = 0; i < signal.channels.size(); ++i)
      if (signal.channels[i].rms < kSilentLevel && loudest > 10 * kSilentLevel)
        return add(FindingKind::kDeadChannel, Severity::kWarning,
                   fmt::format("channel {} of {} has {:.0f} dBFS", i + 1, signal.channels.size(),
                               decibel_of(signal.channels[i].rms)));
    if (signal.channels.size() == 2 && signal.difference_rms < kSameChannels * loudest)
      add(FindingKind::kMonoInStereo, Severity::kNote,
          signal.difference_rms == 0 && signal.channels[0].mean == signal.channels[1].mean
              ? "both channels are equal"
              : fmt::format("the channels differ by {:.0f} dB less than they hold",
                            decibel_of(loudest / std::max(signal.difference_rms, 1e-9))));
  }

  const Clip& clip_;
  std::size_t index_;
  const ClipFacts& facts_;
  std::vector<Finding>& findings_;
};

}  // namespace

bool is_silent(const ClipFacts& facts) { return facts.signal.mono_rms < kSilentLevel; }

void find_in_clip(const Clip& clip, std::size_t index, const ClipFacts& facts,
                  std::vector<Finding>& findings) {
  ClipFindings(clip, index, facts, findings).find();
}

}  // namespace genretrack
