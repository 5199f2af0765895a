// One share of an update, compiled for each instruction set: the laws of adamw.h and sgd.h over flat arrays.
#pragma once

#include <cstddef>

#include "host/backend/adamw.h"
#include "host/backend/sgd.h"

namespace genretrack::cpu {

// The flat buffers of what is updated, from its first element on.
struct UpdateArrays {
  const float* gradients;
  float *weights, *first_moments, *second_moments;
};

struct UpdateKernels {
  // `factor` scales every gradient.
  void (*adamw)(const AdamWStep<float>& step, float factor, std::size_t count, const UpdateArrays& arrays);
  void (*sgd)(const SgdStep<float>& step, float factor, std::size_t count, const UpdateArrays& arrays);
  void (*average)(float keep, std::size_t count, const float* weights, float* averages);
  double (*sum_of_squares)(std::size_t count, const float* values);  // count: a multiple of 16
};

// Those of the best instruction set that this machine has.
const UpdateKernels& update_kernels();

}  // namespace genretrack::cpu
