// Small values that the host sends to the device before a step: through pinned memory, so that neither side
// waits for the other unless the host is several steps ahead.
#pragma once

#include <array>
#include <cstddef>

#include "cuda/core/handles.h"

namespace genretrack::cuda {

class Staging {
 public:
  // `most`: bytes of the largest transfer.
  explicit Staging(std::size_t most);

  // Queues the copy; `from` may change as soon as the call returns.
  void send(void* to, const void* from, std::size_t bytes, cudaStream_t stream);

 private:
  static constexpr std::size_t kPlaces = 16;  // a step sends four to six values
  struct Place {
    PinnedArray<unsigned char> memory;
    Event done;
    bool under_way = false;
  };
  std::array<Place, kPlaces> places_;
  std::size_t next_ = 0;
};

}  // namespace genretrack::cuda
