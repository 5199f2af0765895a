// Batch norm, ReLU and max pooling behind a convolution or a dense layer, in fused kernels: the normalised
// maps are never stored, and the winner of a window is found again where it is needed.
#pragma once

#include <string>

#include "cuda/nn/norm_kernels.h"
#include "cuda/nn/parameters.h"
#include "cuda/nn/plan.h"

namespace genretrack::cuda {

class NormReluPool {
 public:
  // `input`: maps that belong to the caller; its gradient stands where the maps stood, so that one forward
  // serves one backward. Makes out->data, and out->gradient where `trained_below` or the norm is trained.
  NormReluPool(Plan& plan, Parameters& parameters, const BatchNorm& norm, const Value& input,
               const NormShape& shape, bool trained_below, Value* out);

  void forward(Mode mode);
  // Also writes the gradients of scale and shift.
  void backward();

 private:
  Plan& plan_;
  NormMaps maps_;
  NormVectors vectors_;
  bool frozen_;
};

}  // namespace genretrack::cuda
