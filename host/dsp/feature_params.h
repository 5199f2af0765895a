// What decides the values of the four transforms. Units: samples at `sample_rate` Hz unless a name says
// otherwise. docs/transforms.md defines each transform.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace genretrack {

enum class Transform { kSpectrogram, kPercussion, kMfcc, kChromagram };
inline constexpr int kTransformCount = 4;
inline constexpr std::array<Transform, kTransformCount> kTransforms = {
    Transform::kSpectrogram, Transform::kPercussion, Transform::kMfcc, Transform::kChromagram};
inline constexpr std::array<std::string_view, kTransformCount> kTransformNames = {"spectrogram", "percussion",
                                                                                  "mfcc", "chromagram"};
constexpr std::string_view name(Transform t) { return kTransformNames[static_cast<std::size_t>(t)]; }

enum class Profile { kLibrosa, kTorchaudio };
enum class SpectrogramScale { kMel, kLinear };
enum class PercussionKind {
  kFlux,
  kTempogram,
  kHpss,      // the percussive part
  kHarmonic,  // the other part, to be looked at; not a choice of specs
};
enum class Tuning { kEstimate, kNone, kFixed };

struct FeatureParams {
  Profile profile = Profile::kLibrosa;
  int sample_rate = 22050;     // Hz
  double clip_seconds = 30.0;  // clips are cut or zero-padded to this
  int n_fft = 2048;
  int hop_length = 512;
  SpectrogramScale scale = SpectrogramScale::kMel;
  int n_mels = 128;
  PercussionKind percussion = PercussionKind::kFlux;
  int n_mfcc = 20;
  double lifter = 0;  // of the MFCC, sinusoidal; 0: none
  int deltas = 0;     // orders of differences over time that follow the coefficients, 0 to 2
  Tuning tuning = Tuning::kEstimate;
  double tuning_semitones = 0;  // with Tuning::kFixed, in [-0.5, 0.5)

  int clip_samples() const;             // round(clip_seconds * sample_rate)
  int frame_count() const;              // 1 + clip_samples() / hop_length, centred frames
  int frames_of(double seconds) const;  // frames of a segment of that length, at least 1
  int bin_count() const { return n_fft / 2 + 1; }
  bool in_decibel(Transform t) const;  // whether its values are levels: sums of decibels are gains
  int rows(Transform t) const;         // height of a transform: 128, 128, 20, 12 by default
  bool operator==(const FeatureParams&) const = default;
};

inline constexpr int kChromaBins = 12;

// Throws Error(kSpec) for values without meaning (n_mels of 0, a hop longer than the window, ...) and
// Error(kUnsupported) for those with a meaning that this version does not compute yet.
void check(const FeatureParams& params);

}  // namespace genretrack
