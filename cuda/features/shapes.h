// What the kernels of one chunk of clips are given. Letters: B clips of the chunk, T frames of a clip, S
// frames from one clip's first to the next one's, K bins, M mel bands, C coefficients.
#pragma once

#include <cstdint>

#include "host/dsp/feature_params.h"
#include "host/dsp/tuning.h"

struct float2;

namespace genretrack {

struct FeatureShape {
  int clip_samples;  // of a whole clip
  int n_fft, hop;
  int frames;        // T
  int frames_apart;  // S >= T, so that all frames of all clips begin a hop apart
  int bins;          // K
  int n_mels, n_mfcc;
  PitchBins pitch;    // bins in which peaks count
  int peaks_of_clip;  // the most that a clip can have
  float hertz_per_bin;
  bool estimate_tuning;
  long clip_values;              // of the four transforms of a clip
  long offset[kTransformCount];  // of a transform in them
};

// Tables on the device; a bank's rows are runs of bins, as SparseBank describes.
struct DeviceTables {
  const int *mel_first, *mel_begin;
  const float* mel_weight;
  const float* dct;     // (C, M)
  const float* chroma;  // (kTuningBins or 1, K, 12)
};

// The samples of one clip, at b * clip_samples * sizeof(float) bytes.
struct ClipSamples {
  int count;  // what lies behind counts as zeros
  int is_float;
};

struct Peak {
  float strength, hertz;
};

// A chunk's memory on the device.
struct Chunk {
  const unsigned char* pcm;  // (B, clip_samples) of 4 bytes, int16 clips in their first halves
  const ClipSamples* clips;  // (B)
  float* samples;            // (B * S * hop + n_fft), each clip n_fft / 2 behind its first frame's begin
  float2* spectrum;          // (B * S, K), without a window
  float* mel_db;             // (B, M, T), not floored
  Peak* peaks;               // (B, peaks_of_clip)
  int* top;                  // (B) ordered_key of the largest mel value in dB
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
