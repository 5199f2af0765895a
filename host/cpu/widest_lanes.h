// What this processor's vectors hold; host/cpu/features and host/cpu/nn are compiled for each kind.
#pragma once

namespace genretrack {

// Floats: 16 with AVX-512 (x86-64-v4), 8 with AVX2 and FMA (x86-64-v3), else 4.
int widest_lanes();

}  // namespace genretrack
