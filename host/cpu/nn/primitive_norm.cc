#include "host/cpu/nn/norm.h"

namespace genretrack::cpu {

using dnnl::memory;

NormSlots::NormSlots(Parameters& parameters, const BatchNorm& norm, int channels)
    : scale(parameters.claim_vector(norm.scale, ParameterKind::kVector, channels)),
      shift(parameters.claim_vector(norm.shift, ParameterKind::kVector, channels)),
      running_mean(parameters.claim_vector(norm.running_mean, ParameterKind::kStatistic, channels)),
      running_variance(parameters.claim_vector(norm.running_variance, ParameterKind::kStatistic, channels)) {}

void move_running_statistics(int channel, double mean, double variance, double count,
                             const NormSlots& slots) {
  float& running_mean = floats(slots.running_mean.value)[channel];
  float& running_variance = floats(slots.running_variance.value)[channel];
  const double unbiased = count > 1 ? variance * count / (count - 1) : 0;
  running_mean = static_cast<float>((1 - kNormMomentum) * running_mean + kNormMomentum * mean);
  running_variance = static_cast<float>((1 - kNormMomentum) * running_variance + kNormMomentum * unbiased);
}

namespace {

class PrimitiveNorm final : public NormReluPool {
 public:
  PrimitiveNorm(Plan& plan, const memory& input, const NormShape& shape, const NormSlots& slots, Value* out)
      : plan_(plan), slots_(slots), shape_(shape) {
    const memory::desc desc = input.get_desc();
    const memory::dims dims = desc.dims();
    channels_ = static_cast<int>(dims[1]);
    count_ = double(dims[0]) * double(dims[2]) * double(dims[3]);
    const bool pools = shape.pool_height * shape.pool_width > 1;
    input_gradient_ = plan.make(desc);
    memory active = plan.make(desc), active_gradient = plan.make(desc);
    plan_norm(input, active, active_gradient);
    if (pools) {
      plan_pool(shape, active, active_gradient, out);
    } else {
      out->data = active;
      out->gradient = active_gradient;
    }
  }

  void forward(Mode mode) override {
    if (mode == Mode::kTraining && shape_.frozen) {
      norm_.run(plan_.stream);
    } else if (mode == Mode::kTraining) {
      norm_.run(plan_.stream);
      for (int c = 0; c < channels_; ++c)
        move_running_statistics(c, floats(mean_)[c], floats(variance_)[c], count_, slots_);
    } else {
      evaluate_.run(plan_.stream);
    }
    pool_.run(plan_.stream);
  }

  void backward() override {
    pool_backward_.run(plan_.stream);
    norm_backward_.run(plan_.stream);
  }

  memory input_gradient() const override { return input_gradient_; }
  std::string implementation() const override { return implementation_; }

 private:
  void plan_norm(const memory& input, const memory& active, const memory& active_gradient) {
    using dnnl::batch_normalization_backward;
    using dnnl::batch_normalization_forward;
    using dnnl::normalization_flags;
    using dnnl::prop_kind;
    const memory::desc desc = input.get_desc();
    auto flags = normalization_flags::use_scale | normalization_flags::use_shift;
    if (shape_.relu) flags |= normalization_flags::fuse_norm_relu;
    if (shape_.frozen) flags |= normalization_flags::use_global_stats;
    const auto epsilon = static_cast<float>(kNormEpsilon);
    const batch_normalization_forward::primitive_desc training(
        {prop_kind::forward_training, desc, epsilon, flags}, plan_.engine);
    const batch_normalization_forward::primitive_desc evaluation(
        {prop_kind::forward_inference, desc, epsilon, flags | normalization_flags::use_global_stats},
        plan_.engine);
    const batch_normalization_backward::primitive_desc backward(
        {prop_kind::backward, desc, desc, epsilon, flags}, plan_.engine, training);
    implementation_ = std::string("primitives:") + training.impl_info_str() + "/" + backward.impl_info_str();
    mean_ = shape_.frozen ? slots_.running_mean.value : plan_.make(training.mean_desc());
    variance_ = shape_.frozen ? slots_.running_variance.value : plan_.make(training.variance_desc());
    const memory space = plan_.make(training.workspace_desc());  // of the ReLU; empty without one
    norm_ = Call(batch_normalization_forward(training), {{DNNL_ARG_SRC, input},
                                                         {DNNL_ARG_DST, active},
                                                         {DNNL_ARG_MEAN, mean_},
                                                         {DNNL_ARG_VARIANCE, variance_},
                                                         {DNNL_ARG_SCALE, slots_.scale.value},
                                                         {DNNL_ARG_SHIFT, slots_.shift.value},
                                                         {DNNL_ARG_WORKSPACE, space}});
    evaluate_ =
        Call(batch_normalization_forward(evaluation), {{DNNL_ARG_SRC, input},
                                                       {DNNL_ARG_DST, active},
                                                       {DNNL_ARG_MEAN, slots_.running_mean.value},
                                                       {DNNL_ARG_VARIANCE, slots_.running_variance.value},
                                                       {DNNL_ARG_SCALE, slots_.scale.value},
                                                       {DNNL_ARG_SHIFT, slots_.shift.value}});
    norm_backward_ =
        Call(batch_normalization_backward(backward), {{DNNL_ARG_SRC, input},
                                                      {DNNL_ARG_DIFF_DST, active_gradient},
                                                      {DNNL_ARG_DIFF_SRC, input_gradient_},
                                                      {DNNL_ARG_MEAN, mean_},
                                                      {DNNL_ARG_VARIANCE, variance_},
                                                      {DNNL_ARG_SCALE, slots_.scale.value},
                                                      {DNNL_ARG_SHIFT, slots_.shift.value},
                                                      {DNNL_ARG_DIFF_SCALE, slots_.scale.gradient},
                                                      {DNNL_ARG_DIFF_SHIFT, slots_.shift.gradient},
                                                      {DNNL_ARG_WORKSPACE, space}});
  }

  void plan_pool(const NormShape& shape, const memory& active, const memory& active_gradient, Value* out) {
    const memory::desc desc = active.get_desc();
    const memory::dims dims = desc.dims(), window = {shape.pool_height, shape.pool_width}, none = {0, 0};
    const int lanes = lanes_of(desc);
    const memory::desc pooled = plan_.map(channels_, static_cast<int>(dims[2]) / shape.pool_height,
                                          static_cast<int>(dims[3]) / shape.pool_width, lanes ? lanes : 1);
    const auto maximum = dnnl::algorithm::pooling_max;
    const dnnl::pooling_forward::primitive_desc forward(
        {dnnl::prop_kind::forward_training, maximum, desc, pooled, window, window, none, none}, plan_.engine);
    const dnnl::pooling_backward::primitive_desc backward({maximum, desc, pooled, window, window, none, none},
                                                          plan_.engine, forward);
    implementation_ += std::string(", pool ") + forward.impl_info_str() + "/" + backward.impl_info_str();
    const memory space = plan_.make(forward.workspace_desc());
    out->data = plan_.make(pooled);
    out->gradient = plan_.make(pooled);
    pool_ = Call(dnnl::pooling_forward(forward),
                 {{DNNL_ARG_SRC, active}, {DNNL_ARG_DST, out->data}, {DNNL_ARG_WORKSPACE, space}});
    pool_backward_ = Call(dnnl::pooling_backward(backward), {{DNNL_ARG_DIFF_SRC, active_gradient},
                                                             {DNNL_ARG_DIFF_DST, out->gradient},
                                                             {DNNL_ARG_WORKSPACE, space}});
  }

  Plan& plan_;
  NormSlots slots_;
  NormShape shape_;
  int channels_ = 0;
  double count_ = 0;
  memory input_gradient_, mean_, variance_;
  Call norm_, evaluate_, norm_backward_, pool_, pool_backward_;
  std::string implementation_;
};

}  // namespace

std::unique_ptr<NormReluPool> make_primitive_norm(Plan& plan, const memory& input, const NormShape& shape,
                                                  const NormSlots& slots, Value* out) {
  return std::make_unique<PrimitiveNorm>(plan, input, shape, slots, out);
}

std::unique_ptr<NormReluPool> make_norm(Plan& plan, const memory& input, const NormShape& shape,
                                        const NormSlots& slots, bool primitives_only, Value* out) {
  if (primitives_only) return make_primitive_norm(plan, input, shape, slots, out);
  return make_block_norm(plan, input, shape, slots, out);
}

}  // namespace genretrack::cpu
