#include "host/dsp/feature_params.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <sstream>

#include "host/core/error.h"
#include "host/dsp/delta.h"
#include "host/dsp/tempogram.h"

namespace genretrack {
namespace {

constexpr int kSmallestFft = 256, kLargestFft = 8192;
constexpr int kSmallestRate = 1000, kLargestRate = 384000;
constexpr double kLongestClip = 3600;  // seconds
constexpr int kMostMels = 1024;
constexpr double kLargestLifter = 1e6;
constexpr double kMostValues = 1 << 29;  // 2 GiB of float32 in one map of a clip

template <class... Parts>
[[noreturn]] void refuse(ErrorKind kind, const Parts&... parts) {
  std::ostringstream message;
  (message << ... << parts);
  throw Error(kind, message.str());
}

template <class Number>
void check_range(const char* key, Number value, Number least, Number most) {
  if (!(value >= least && value <= most))
    refuse(ErrorKind::kSpec, key, " is ", value, ", expected a value from ", least, " to ", most);
}

void check_meaning(const FeatureParams& p) {
  check_range("sample_rate", p.sample_rate, kSmallestRate, kLargestRate);
  if (!(p.clip_seconds > 0 && p.clip_seconds <= kLongestClip))
    refuse(ErrorKind::kSpec, "clip_seconds is ", p.clip_seconds, ", expected more than 0 and at most ",
           kLongestClip);
  if (p.clip_samples() < 1)
    refuse(ErrorKind::kSpec, "clip_seconds ", p.clip_seconds, " is less than one sample at ", p.sample_rate,
           " Hz");
  if (p.n_fft < 2 || !std::has_single_bit(static_cast<unsigned>(p.n_fft)))
    refuse(ErrorKind::kSpec, "n_fft is ", p.n_fft, ", expected a power of two, such as 2048");
  if (p.hop_length < 1 || p.hop_length > p.n_fft)
    refuse(ErrorKind::kSpec, "hop_length is ", p.hop_length, ", expected 1 to n_fft (", p.n_fft,
           "): a longer hop would skip samples");
  check_range("n_mels", p.n_mels, 1, kMostMels);
  if (p.n_mfcc < 1 || p.n_mfcc > p.n_mels)
    refuse(ErrorKind::kSpec, "n_mfcc is ", p.n_mfcc, ", expected 1 to n_mels (", p.n_mels, ")");
  check_range("lifter", p.lifter, 0.0, kLargestLifter);
  check_range("deltas", p.deltas, 0, 2);
  if (p.deltas > 0 && p.frame_count() < kDeltaWidth)
    refuse(ErrorKind::kSpec, "deltas of ", p.deltas, " need ", kDeltaWidth, " frames, a clip of ",
           p.clip_seconds, " s has ", p.frame_count());
  if (p.profile == Profile::kTorchaudio && p.clip_samples() <= p.n_fft / 2)
    refuse(ErrorKind::kSpec, "profile torchaudio mirrors n_fft / 2 = ", p.n_fft / 2,
           " samples at either end, a clip of ", p.clip_seconds, " s has ", p.clip_samples());
  if (!(p.tuning_semitones >= -0.5 && p.tuning_semitones < 0.5))
    refuse(ErrorKind::kSpec, "tuning_semitones is ", p.tuning_semitones, ", expected -0.5 to below 0.5");
}

void check_support(const FeatureParams& p) {
  if (p.n_fft < kSmallestFft || p.n_fft > kLargestFft)
    refuse(ErrorKind::kUnsupported, "n_fft is ", p.n_fft, ", this version computes powers of two from ",
           kSmallestFft, " to ", kLargestFft);
  const int most_rows =
      std::max({p.bin_count(), p.n_mels, p.rows(Transform::kPercussion), p.rows(Transform::kMfcc)});
  if (static_cast<double>(p.frame_count()) * most_rows > kMostValues)
    refuse(ErrorKind::kUnsupported, "clip_seconds ", p.clip_seconds, " with hop_length ", p.hop_length,
           " needs more than 2 GiB of memory per thread: take a longer hop_length or a shorter clip");
}

}  // namespace

int FeatureParams::clip_samples() const { return static_cast<int>(std::llround(clip_seconds * sample_rate)); }

int FeatureParams::frame_count() const { return 1 + clip_samples() / hop_length; }

int FeatureParams::frames_of(double seconds) const {
  const long long samples = std::llround(seconds * sample_rate);
  return samples < 0 ? 1 : 1 + static_cast<int>(samples / hop_length);
}

bool FeatureParams::in_decibel(Transform t) const {
  return t == Transform::kSpectrogram ||
         (t == Transform::kPercussion &&
          (percussion == PercussionKind::kHpss || percussion == PercussionKind::kHarmonic));
}

int FeatureParams::rows(Transform t) const {
  switch (t) {
    case Transform::kSpectrogram:
      return scale == SpectrogramScale::kMel ? n_mels : bin_count();
    case Transform::kPercussion:
      return percussion == PercussionKind::kTempogram ? kTempogramLags : n_mels;
    case Transform::kMfcc:
      return n_mfcc * (1 + deltas);
    case Transform::kChromagram:
      return kChromaBins;
  }
  throw Error(ErrorKind::kFailure, "unknown transform");
}

void check(const FeatureParams& params) {
  check_meaning(params);
  check_support(params);
}

}  // namespace genretrack
