// Recordings that are one sound: found by words that their fingerprints share, proven by all of their words.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "host/doctor/fingerprint.h"

namespace genretrack {

struct SoundMatch {
  std::size_t first = 0, second = 0;  // indices, first < second
  double shift_seconds = 0;    // where the second begins in the first; negative where it begins earlier
  double overlap_seconds = 0;  // of what both hold
  double similarity = 0;       // cosine over the overlap, 0 for unrelated sounds, 1 for equal ones
};

// Cosine of two fingerprints as vectors of -1, 0 and +1, the second moved by `shift` frames into the first,
// over the frames that both have. 0 where either has no strong bit there.
double similarity(const Fingerprint& first, const Fingerprint& second, std::ptrdiff_t shift);

// All pairs that share a stretch of at least two seconds. Work grows with what the recordings have in common,
// not with the number of pairs. Sorted by (first, second).
std::vector<SoundMatch> find_same_sounds(std::span<const Fingerprint> fingerprints, int threads);

}  // namespace genretrack
