// Clips with random parameters, the same in every run: Philox, by the number of the clip.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <sstream>
#include <string>
#include <vector>

#include "host/core/random.h"
#include "host/dsp/feature_params.h"
#include "tests/reference/dsp_signals.h"

namespace genretrack::testing {

struct RandomClip {
  FeatureParams params;
  std::string signal;
  int samples = 0;        // of the recording: fewer, as many or more than the clip's
  int quieter = 0;        // halvings of the signal
  bool as_float = false;  // given as float32 instead of int16
  std::vector<std::int16_t> pcm;

  std::vector<float> float_pcm() const {
    std::vector<float> result;
    for (std::int16_t v : pcm) result.push_back(float(v) / 32768);
    return result;
  }
  std::vector<double> double_pcm() const {
    std::vector<double> result;
    for (std::int16_t v : pcm) result.push_back(v / 32768.0);
    return result;
  }
};

inline std::string label(const RandomClip& c) {
  const FeatureParams& p = c.params;
  std::ostringstream text;
  text << c.samples << (c.as_float ? " float" : " int16") << " samples of " << c.signal << " / 2^"
       << c.quieter << ", clip_seconds " << p.clip_seconds << " at " << p.sample_rate
       << " Hz: " << p.frame_count() << " frames; n_fft " << p.n_fft << ", hop " << p.hop_length
       << ", n_mels " << p.n_mels << ", profile "
       << (p.profile == Profile::kLibrosa ? "librosa" : "torchaudio") << ", scale "
       << (p.scale == SpectrogramScale::kMel ? "mel" : "linear") << ", percussion " << int(p.percussion)
       << ", n_mfcc " << p.n_mfcc << ", lifter " << p.lifter << ", deltas " << p.deltas << ", tuning "
       << int(p.tuning) << " " << p.tuning_semitones;
  return text.str();
}

// Draws what a clip is made of; `most_frames` and `most_seconds` bound the reference's time.
class ClipMaker {
  template <class Choices>
  auto one_of(const Choices& choices) {
    return choices[random_.below(std::uint32_t(choices.size()))];
  }

 public:
  ClipMaker(std::uint64_t number, int most_frames, double most_seconds)
      : random_(20261124, Purpose::kCrop, number), most_frames_(most_frames), most_seconds_(most_seconds) {}

  RandomClip make() {
    RandomClip clip;
    draw_frames(clip.params);
    draw_kinds(clip.params);
    clip.signal = one_of(std::array{"music", "sharp", "noise", "sweep", "clipped", "impulse", "nyquist",
                                    "silence", "music", "noise"});
    const int whole = clip.params.clip_samples();
    clip.samples = one_of(std::array{whole, whole, whole / 2 + 1, whole + 1 + between(0, whole)});
    clip.quieter = one_of(std::array{0, 0, 0, 1, 4, 8, 12});
    clip.as_float = chance(0.5);
    clip.pcm = reference::signal(clip.signal, clip.samples);
    for (std::int16_t& v : clip.pcm) v = std::int16_t(reference::floor_div(v, 1 << clip.quieter));
    return clip;
  }

 private:
  int between(int least, int most) { return least + int(random_.below(std::uint32_t(most - least + 1))); }
  bool chance(double share) { return random_.uniform() < share; }
  // Small values as often as large ones, by ratio.
  double log_between(double least, double most) { return least * std::pow(most / least, random_.uniform()); }

  void draw_frames(FeatureParams& p) {
    p.sample_rate = chance(0.7) ? one_of(std::array{8000, 11025, 16000, 22050, 32000, 44100, 48000, 96000})
                                : between(1000, 192000);
    p.n_fft = 256 << between(0, 5);
    p.hop_length = one_of(
        std::array{p.n_fft / 4, p.n_fft / 2, p.n_fft, between(1, p.n_fft), int(log_between(1, p.n_fft))});
    const double most = std::min(most_seconds_, double(most_frames_) * p.hop_length / p.sample_rate);
    p.clip_seconds = most <= 0.1 ? 0.1 : log_between(0.1, most);
    while (p.frame_count() > most_frames_) ++p.hop_length;  // a short hop at a high rate
  }

  void draw_kinds(FeatureParams& p) {
    p.n_mels = int(chance(0.9) ? log_between(1, 200) : log_between(200, 1025));
    p.n_mfcc = between(1, std::min(p.n_mels, 64));
    // Torch mirrors no more samples than there are.
    const bool mirrors = p.clip_samples() > p.n_fft / 2;
    p.profile = mirrors && chance(0.4) ? Profile::kTorchaudio : Profile::kLibrosa;
    p.scale = chance(0.7) ? SpectrogramScale::kMel : SpectrogramScale::kLinear;
    p.percussion = one_of(std::array{PercussionKind::kFlux, PercussionKind::kTempogram, PercussionKind::kHpss,
                                     PercussionKind::kHarmonic});
    p.lifter = chance(0.5) ? 0 : log_between(1, 100);
    p.deltas = p.frame_count() < 9 ? 0 : between(0, 2);
    p.tuning = one_of(std::array{Tuning::kEstimate, Tuning::kEstimate, Tuning::kNone, Tuning::kFixed});
    if (p.tuning == Tuning::kFixed) p.tuning_semitones = random_.uniform() - 0.5;
  }

  Random random_;
  int most_frames_;
  double most_seconds_;
};

}  // namespace genretrack::testing
