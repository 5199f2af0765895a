#include "cuda/nn/staging.h"

#include <cstring>

namespace genretrack::cuda {

Staging::Staging(std::size_t most) {
  for (Place& place : places_) place.memory = PinnedArray<unsigned char>(most);
}

void Staging::send(void* to, const void* from, std::size_t bytes, cudaStream_t stream) {
  Place& place = places_[next_];
  next_ = (next_ + 1) % kPlaces;
  if (place.under_way) place.done.synchronize("compute a step");
  place.under_way = false;
  std::memcpy(place.memory.data(), from, bytes);
  check_cuda(cudaMemcpyAsync(to, place.memory.data(), bytes, cudaMemcpyHostToDevice, stream),
             "copy a step's values to the device");
  place.done.record(stream);
  place.under_way = true;
}

}  // namespace genretrack::cuda
