#include "cuda/nn/plan.h"

#include "cuda/core/device.h"

namespace genretrack::cuda {

Plan::Plan(const NetworkOptions& network_options)
    : options(network_options),
      batch(network_options.batch),
      device(use_first_device()),
      cudnn(stream),
      products(stream, network_options.precision) {}

float* Plan::make(std::size_t count) { return buffers_.emplace_back(count).data(); }

float* Plan::make_zeros(std::size_t count) {
  float* data = make(count);
  if (count > 0) check_cuda(cudaMemsetAsync(data, 0, count * sizeof(float), stream), "clear memory");
  return data;
}

}  // namespace genretrack::cuda
