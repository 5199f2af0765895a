#pragma once

#include <string>

namespace genretrack {

// Makes the first device the calling thread's; its name, e.g. "NVIDIA H100 (compute capability 9.0)". Other
// devices are chosen with CUDA_VISIBLE_DEVICES. Throws Error(kUnsupported) where none answers.
std::string use_first_device();

}  // namespace genretrack
