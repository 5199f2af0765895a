// What stands before the first and behind the last sample of a clip, where frames reach past it.
#pragma once

#include "host/dsp/feature_params.h"

namespace genretrack {

// The sample of a clip of `length` that stands at place i, any integer: inside, itself; outside, with profile
// torchaudio its mirror image around the first or last sample, which are not repeated. -1: a zero.
constexpr long padded_sample(Profile profile, long i, long length) {
  if (i >= 0 && i < length) return i;
  if (profile == Profile::kLibrosa) return -1;
  const long mirrored = i < 0 ? -i : 2 * (length - 1) - i;
  return mirrored >= 0 && mirrored < length ? mirrored : -1;
}

}  // namespace genretrack
