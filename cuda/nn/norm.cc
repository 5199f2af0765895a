#include "cuda/nn/norm.h"

namespace genretrack::cuda {

NormReluPool::NormReluPool(Plan& plan, Parameters& parameters, const BatchNorm& norm, const Value& input,
                           const NormShape& shape, bool trained_below, Value* out)
    : plan_(plan), frozen_(norm.frozen) {
  const auto channels = static_cast<std::size_t>(input.channels);
  const auto claim = [&](std::size_t offset, ParameterKind kind) {
    return parameters.claim(offset, kind, channels);
  };
  const DeviceSlot scale = claim(norm.scale, ParameterKind::kVector),
                   shift = claim(norm.shift, ParameterKind::kVector);
  vectors_.scale = scale.value;
  vectors_.shift = shift.value;
  vectors_.scale_gradient = scale.gradient;
  vectors_.shift_gradient = shift.gradient;
  vectors_.running_mean = claim(norm.running_mean, ParameterKind::kStatistic).value;
  vectors_.running_variance = claim(norm.running_variance, ParameterKind::kStatistic).value;
  for (float** vector :
       {&vectors_.mean, &vectors_.inverse, &vectors_.gradient_mean, &vectors_.gradient_slope})
    *vector = plan.make(channels);
  vectors_.shares = norm_shares(input.rows());
  vectors_.partial = plan.make(static_cast<std::size_t>(vectors_.shares) * 3 * channels);

  out->data = plan.make(out->count());
  if (trained_below || scale.trained || shift.trained) plan.make_gradient(out);
  maps_ = {input.batch, input.height, input.width, input.channels,
           shape,       input.data,   out->data,   out->gradient};
}

void NormReluPool::forward(Mode mode) {
  if (mode == Mode::kTraining && !frozen_)
    batch_statistics(maps_, vectors_, plan_.stream);
  else
    running_statistics(maps_, vectors_, plan_.stream);
  norm_forward(maps_, vectors_, plan_.stream);
}

void NormReluPool::backward() {
  if (maps_.pooled_gradient) norm_backward(maps_, vectors_, frozen_, plan_.stream);
}

}  // namespace genretrack::cuda
