// Batch norm, ReLU and max pooling behind a convolution or a dense layer: own fused passes on blocked maps,
// or oneDNN's primitives for every other layout and as the reference in tests.
#pragma once

#include <memory>
#include <string>

#include "host/cpu/nn/parameters.h"
#include "host/cpu/nn/plan.h"

namespace genretrack::cpu {

inline constexpr double kNormEpsilon = 1e-5;
inline constexpr double kNormMomentum = 0.1;

// The four vectors of a batch norm, claimed from the parameters.
struct NormSlots {
  PackedSlot scale, shift, running_mean, running_variance;
  NormSlots(Parameters& parameters, const BatchNorm& norm, int channels);
};

class NormReluPool {
 public:
  virtual ~NormReluPool() = default;
  // From the input maps to `out`; training also moves the running statistics.
  virtual void forward(Mode mode) = 0;
  // From out.gradient to input_gradient() and the gradients of scale and shift. Own passes write over the
  // input maps, so that one forward serves one backward.
  virtual void backward() = 0;
  virtual dnnl::memory input_gradient() const = 0;
  virtual std::string implementation() const = 0;
};

struct NormShape {
  int pool_height = 1, pool_width = 1;
  bool relu = true;     // false: then without pooling
  bool frozen = false;  // the running statistics in training, too; they stay
};

// `input`: the maps, in blocks unless primitives_only. Makes out.data and out.gradient.
std::unique_ptr<NormReluPool> make_norm(Plan& plan, const dnnl::memory& input, const NormShape& shape,
                                        const NormSlots& slots, bool primitives_only, Value* out);

// running = 0.9 running + 0.1 batch, with the unbiased variance of `count` values (PyTorch's convention; of
// one value the variance is 0).
void move_running_statistics(int channel, double mean, double variance, double count, const NormSlots& slots);

std::unique_ptr<NormReluPool> make_block_norm(Plan& plan, const dnnl::memory& input, const NormShape& shape,
                                              const NormSlots& slots, Value* out);
std::unique_ptr<NormReluPool> make_primitive_norm(Plan& plan, const dnnl::memory& input,
                                                  const NormShape& shape, const NormSlots& slots, Value* out);

}  // namespace genretrack::cpu
