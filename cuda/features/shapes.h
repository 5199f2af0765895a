// What the kernels of one chunk of clips are given. Letters: B clips of the chunk, T frames of a clip, S
// frames from one clip's first to the next one's, K bins, M mel bands, C coefficients.
#pragma once

#include <cstdint>

#include "host/dsp/feature_params.h"
#include "host/dsp/tuning.h"

struct float2;

namespace genretrack {

struct FeatureShape {
  Profile profile;
  bool linear, estimate_tuning;
  PercussionKind percussion;
  int clip_samples;  // of a whole clip
  int n_fft, hop;
  int frames;        // T
  int frames_apart;  // S >= T, so that all frames of all clips begin a hop apart
  int bins;          // K
  int n_mels, n_mfcc, deltas;
  PitchBins pitch;    // bins in which peaks count
  int peaks_of_clip;  // the most that a clip can have
  float hertz_per_bin;
  long clip_values;              // of the four transforms of a clip
  long offset[kTransformCount];  // of a transform in them

  constexpr bool separates() const {
    return percussion == PercussionKind::kHpss || percussion == PercussionKind::kHarmonic;
  }
};

// Tables on the device; a bank's rows are runs of bins, as SparseBank describes.
struct DeviceTables {
  const int *mel_first, *mel_begin;
  const float* mel_weight;
  const float* dct;               // (C, M), liftered
  const float* delta;             // (2, kDeltaWidth)
  const float* chroma;            // (kTuningBins or 1, K, 12)
  const float* tempogram_window;  // (kTempogramLags)
};

// The samples of one clip, at b * clip_samples * sizeof(float) bytes.
struct ClipSamples {
  int count;  // what lies behind counts as zeros
  int is_float;
};

struct Peak {
  float strength, hertz;
};

// A chunk's memory on the device. What only some parameters need is null for the others.
struct Chunk {
  const unsigned char* pcm;  // (B, clip_samples) of 4 bytes, int16 clips in their first halves
  const ClipSamples* clips;  // (B)
  float* samples;            // (B * S * hop + n_fft), each clip n_fft / 2 behind its first frame's begin
  float2* spectrum;          // (B * S, K), without a window
  float* mel_db;             // (B, M, T), not floored
  Peak* peaks;               // (B, peaks_of_clip)
  float* onsets;             // (B, T) onset strength
  float* power;              // (B, T, K)
  float* medians;            // (B, T, K) over time; lies where the spectrum was
  int* top;                  // (B) ordered_key of the largest mel value in dB
  int* linear_top;           // (B) the same of all bins
  int* part_top;             // (B) the same of the separated part's mel map
  int* peak_count;           // (B)
  int* first_unusable;       // (B) the first sample that is not finite or far too loud
  int* tuning_bin;           // (B)
  float* out;                // (B, clip_values)
};

// Four of this byte are the ordered_key of a number below all that occur.
inline constexpr int kLowestKeyByte = 0x80;
// Four of this byte are larger than any place of a sample.
inline constexpr int kNoSampleByte = 0x7F;

}  // namespace genretrack
