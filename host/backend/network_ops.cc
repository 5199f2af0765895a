#include "host/backend/network_ops.h"

namespace genretrack {

std::size_t ParameterSlot::count() const {
  std::size_t count = 1;
  for (const int extent : shape) count *= static_cast<std::size_t>(extent);
  return count;
}

}  // namespace genretrack
