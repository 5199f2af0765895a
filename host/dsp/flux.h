// Percussion of kind flux: the rise of a band's volume from one frame to the next, falls counted as zero.
#pragma once

#include "host/dsp/number.h"

namespace genretrack {

// Both in dB, floored; the first frame of a clip is its own predecessor.
template <class N>
GENRETRACK_LAW typename N::V rectified_flux(typename N::V now, typename N::V before) {
  return N::max(now - before, N::of(0));
}

}  // namespace genretrack
