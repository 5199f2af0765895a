// Inner product over all features in plain (C, H, W) order; then batch norm and ReLU, or a bias.
#include "host/cpu/nn/norm.h"
#include "host/cpu/nn/operations.h"

namespace genretrack::cpu {
namespace {

using dnnl::inner_product_backward_data;
using dnnl::inner_product_backward_weights;
using dnnl::inner_product_forward;
using dnnl::memory;

class Dense final : public Operation {
 public:
  Dense(Plan& plan, Parameters& parameters, const DenseBlock& block, bool primitives_only, const Value& x,
        Value* out)
      : plan_(plan) {
    features_ = memory::dim(x.channels) * x.height * x.width;
    units_ = block.units;
    const memory::desc maps = plan.map(x.channels, x.height, x.width, 1);
    const memory rows = view(plan.as(x.data, maps, &copy_input_), features_);
    plan_output(block, parameters, primitives_only, out);
    plan_products(block, parameters, rows, x);
    if (norm_) implementation_ += ", norm " + norm_->implementation();
  }

  void forward(const StepState& state) override {
    copy_input_.run(plan_.stream);
    copy_weights_.run(plan_.stream);
    forward_.run(plan_.stream);
    copy_sums_.run(plan_.stream);
    if (norm_) norm_->forward(state.mode);
  }
  void backward() override {
    if (norm_) norm_->backward();
    copy_sums_gradient_.run(plan_.stream);
    by_weights_.run(plan_.stream);
    copy_backward_weights_.run(plan_.stream);
    by_input_.run(plan_.stream);
    copy_gradient_.run(plan_.stream);
  }
  std::string implementation() const override { return implementation_; }

 private:
  // Plain maps as rows of all their features.
  memory view(const memory& m, memory::dim columns) const {
    return memory(rows_desc(columns), plan_.engine, m.get_data_handle());
  }
  memory::desc rows_desc(memory::dim columns) const {
    return {{plan_.batch, columns}, memory::data_type::f32, memory::format_tag::ab};
  }

  // What the product writes and where its gradient is read; behind it the norm of a hidden layer.
  void plan_output(const DenseBlock& block, Parameters& parameters, bool primitives_only, Value* out) {
    const memory::desc plain = plan_.map(block.units, 1, 1, 1);
    const memory sums = plan_.make(plain);
    if (!block.hidden) {
      out->data = sums;
      out->gradient = plan_.make(plain);
      sums_ = view(sums, units_);
      sums_gradient_ = view(out->gradient, units_);
      return;
    }
    const memory::desc blocked = plan_.map(block.units, 1, 1, primitives_only ? 1 : preferred_lanes());
    const memory maps = plan_.as(sums, blocked, &copy_sums_);
    norm_ = make_norm(plan_, maps, {.frozen = block.norm.frozen},
                      NormSlots(parameters, block.norm, block.units), primitives_only, out);
    sums_ = view(sums, units_);
    sums_gradient_ = view(plan_.as(norm_->input_gradient(), plain, &copy_sums_gradient_), units_);
  }

  void plan_products(const DenseBlock& block, Parameters& parameters, const memory& rows, const Value& x) {
    const auto f32 = memory::data_type::f32;
    const memory::desc weights({units_, features_}, f32, memory::format_tag::any);
    const memory::desc bias =
        block.hidden ? memory::desc() : memory::desc({units_}, f32, memory::format_tag::x);
    const memory::desc in = rows_desc(features_), sums = rows_desc(units_);
    const inner_product_forward::primitive_desc forward(
        {dnnl::prop_kind::forward_training, in, weights, bias, sums}, plan_.engine);
    const inner_product_backward_weights::primitive_desc by_weights({in, weights, bias, sums}, plan_.engine,
                                                                    forward);
    const PackedSlot weight = parameters.claim(block.weight, ParameterKind::kWeight, {units_, features_},
                                               by_weights.diff_weights_desc());
    std::vector<std::pair<int, memory>> f = {
        {DNNL_ARG_SRC, rows},
        {DNNL_ARG_WEIGHTS, plan_.as(weight.value, forward.weights_desc(), &copy_weights_)},
        {DNNL_ARG_DST, sums_}};
    std::vector<std::pair<int, memory>> b = {
        {DNNL_ARG_SRC, rows}, {DNNL_ARG_DIFF_DST, sums_gradient_}, {DNNL_ARG_DIFF_WEIGHTS, weight.gradient}};
    if (!block.hidden) {
      const PackedSlot slot = parameters.claim_vector(block.bias, ParameterKind::kVector, block.units);
      f.emplace_back(DNNL_ARG_BIAS, slot.value);
      b.emplace_back(DNNL_ARG_DIFF_BIAS, slot.gradient);
    }
    forward_ = Call(inner_product_forward(forward), f);
    by_weights_ = Call(inner_product_backward_weights(by_weights), b);
    implementation_ = std::string(forward.impl_info_str()) + "/" + by_weights.impl_info_str();
    if (x.gradient) plan_input_gradient(forward, weight, x);
  }

  void plan_input_gradient(const inner_product_forward::primitive_desc& forward, const PackedSlot& weight,
                           const Value& x) {
    const memory::desc weights({units_, features_}, memory::data_type::f32, memory::format_tag::any);
    const inner_product_backward_data::primitive_desc by_input(
        {rows_desc(features_), weights, rows_desc(units_)}, plan_.engine, forward);
    const memory below = plan_.into(x.gradient, plan_.map(x.channels, x.height, x.width, 1), &copy_gradient_);
    by_input_ =
        Call(inner_product_backward_data(by_input),
             {{DNNL_ARG_DIFF_SRC, view(below, features_)},
              {DNNL_ARG_WEIGHTS, plan_.as(weight.value, by_input.weights_desc(), &copy_backward_weights_)},
              {DNNL_ARG_DIFF_DST, sums_gradient_}});
    implementation_ += std::string("/") + by_input.impl_info_str();
  }

  Plan& plan_;
  memory::dim features_ = 0, units_ = 0;
  memory sums_, sums_gradient_;  // (N, units), without batch norm
  std::unique_ptr<NormReluPool> norm_;
  Call copy_input_, copy_weights_, forward_, copy_sums_;
  Call copy_sums_gradient_, by_weights_, copy_backward_weights_, by_input_, copy_gradient_;
  std::string implementation_;
};

}  // namespace

std::unique_ptr<Operation> make_dense(Plan& plan, Parameters& parameters, const DenseBlock& block,
                                      bool primitives_only, const Value& x, Value* out) {
  return std::make_unique<Dense>(plan, parameters, block, primitives_only, x, out);
}

}  // namespace genretrack::cpu
