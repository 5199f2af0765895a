#include "host/cpu/features/kernels.h"

#include <string>

#include "host/core/error.h"
#include "host/cpu/widest_lanes.h"

namespace genretrack {

Kernels make_kernels(int lanes, const FeatureParams& params) {
  if (lanes != 16 && lanes != 8 && lanes != 4)
    throw Error(ErrorKind::kUsage, "lanes are 16, 8 or 4, not " + std::to_string(lanes));
  if (lanes > widest_lanes())
    throw Error(ErrorKind::kUnsupported, "this processor lacks the instructions for " +
                                             std::to_string(lanes) + " lanes; it runs up to " +
                                             std::to_string(widest_lanes()));
#if defined(__x86_64__)
  if (lanes == 16) return make_kernels_16(params);
  if (lanes == 8) return make_kernels_8(params);
#endif
  return make_kernels_4(params);
}

}  // namespace genretrack
