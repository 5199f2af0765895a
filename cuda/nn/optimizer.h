// One update of everything that is trained, over flat buffers.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>

#include "host/backend/adamw.h"
#include "host/backend/sgd.h"

namespace genretrack::cuda {

// Floats of a flat buffer: [0, decayed) lose weight decay, [0, trained) are updated, [0, all) are averaged.
struct FlatSizes {
  std::size_t decayed = 0, trained = 0, all = 0;
};

// What differs from update to update, in device memory.
struct UpdateNumbers {
  AdamWStep<float> adamw_decayed, adamw;
  SgdStep<float> sgd_decayed, sgd;
  double max_gradient_norm;
  float average_keep;
  explicit UpdateNumbers(const Update& u)
      : adamw_decayed(u, true),
        adamw(u, false),
        sgd_decayed(u, true),
        sgd(u, false),
        max_gradient_norm(u.max_gradient_norm),
        average_keep(static_cast<float>(u.average_keep)) {}
};

// What decides which kernels run.
struct UpdateShape {
  Optimizer optimizer = Optimizer::kAdamW;
  bool clips = false, averages = false;
  explicit UpdateShape(const Update& u)
      : optimizer(u.optimizer), clips(u.max_gradient_norm > 0), averages(u.average_keep > 0) {}
  bool operator==(const UpdateShape&) const = default;
};

struct FlatBuffers {
  float *weights = nullptr, *gradients = nullptr, *first = nullptr, *second = nullptr, *average = nullptr;
  double* partial_squares = nullptr;  // (square_shares())
  float* factor = nullptr;            // of the gradients, where they are clipped
};

// Shares that a norm is summed in; does not depend on the device, so that sums repeat bit for bit.
std::size_t square_shares(const FlatSizes& sizes);

// Queues an update.
void update_parameters(const UpdateShape& shape, const FlatSizes& sizes, const FlatBuffers& buffers,
                       const UpdateNumbers* numbers, cudaStream_t stream);

}  // namespace genretrack::cuda
