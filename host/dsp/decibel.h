// Power to decibel as librosa.power_to_db does it: reference 1, amin 1e-10, floored 80 dB below the clip's
// own maximum where the profile has a floor.
#pragma once

#include "host/dsp/number.h"

namespace genretrack {

inline constexpr double kSmallestPower = 1e-10;  // amin
inline constexpr double kTopDb = 80;             // range kept below the clip's maximum, dB

// 10 log10 of a power that is not negative; at least -100 dB.
template <class N>
GENRETRACK_LAW typename N::V decibel(typename N::V power) {
  return N::ten_log10(N::max(power, N::of(kSmallestPower)));
}

// A value in dB, floored at `floor_db`: the clip's maximum - kTopDb, or less than any value.
template <class N>
GENRETRACK_LAW typename N::V floored(typename N::V db, typename N::V floor_db) {
  return N::max(db, floor_db);
}

}  // namespace genretrack
