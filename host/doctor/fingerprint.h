// What a recording sounds like, in a form that survives re-encoding, another level, another rate and a shift
// in time: the signs of the differences of band energies along frequency and time (Haitsma and Kalker, A
// highly robust audio fingerprinting system, ISMIR 2002), each with a mark that says whether it is more than
// noise.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "host/backend/feature_extractor.h"

namespace genretrack {

inline constexpr int kFingerprintRate = 11025;  // Hz
inline constexpr int kFingerprintHop = 256;     // samples: 23 ms
inline constexpr double kFingerprintFrameSeconds = double(kFingerprintHop) / kFingerprintRate;

// One word per frame, a bit for each of 32 pairs of neighbouring bands from 0.4 to 3.3 kHz.
struct Fingerprint {
  std::vector<std::uint32_t> sign;    // set where the difference grows
  std::vector<std::uint32_t> strong;  // set where it changes by 1 dB or more
  std::size_t frames() const { return sign.size(); }
};

// Takes mono samples at kFingerprintRate in pieces of any size; memory does not grow with the recording, but
// for the words. One per thread.
class Fingerprinter {
 public:
  Fingerprinter();

  void push(std::span<const float> samples);
  // The words of all samples since the last call; none for a recording of less than half a second.
  Fingerprint finish();
  // Forgets the samples since the last call of finish().
  void discard();

 private:
  void take_chunk(std::size_t samples);

  std::unique_ptr<FeatureExtractor> extractor_;
  std::vector<float> samples_;  // not yet taken, and what frames at the seam need
  std::vector<float> spectrogram_, flux_, mfcc_, chromagram_;  // of one chunk
  Fingerprint fingerprint_;
};

}  // namespace genretrack
