// Convolution, batch norm, ReLU and max pool. The convolution's two gradients and its forward pass share one
// layout of the maps on each side; weights are kept in the layout of their gradient and copied once per step
// where a pass wants another.
#include <optional>
#include <string_view>

#include "host/core/error.h"
#include "host/cpu/nn/norm.h"
#include "host/cpu/nn/operations.h"

namespace genretrack::cpu {
namespace {

using dnnl::convolution_backward_data;
using dnnl::convolution_backward_weights;
using dnnl::convolution_forward;
using dnnl::memory;

struct ConvolutionShape {
  int batch, in, out, height, width, kernel_height, kernel_width;
  bool input_gradient;  // whether anything in front is trained
};

struct Primitives {
  convolution_forward::primitive_desc forward;
  convolution_backward_weights::primitive_desc by_weights;
  convolution_backward_data::primitive_desc by_input;  // empty where not needed
  std::vector<std::string> names() const {
    std::vector<std::string> all = {forward.impl_info_str(), by_weights.impl_info_str()};
    if (by_input) all.emplace_back(by_input.impl_info_str());
    return all;
  }
  bool is_fast() const {
    for (const std::string& name : names())
      if (std::string_view(name).starts_with("ref")) return false;
    return true;
  }
};

std::optional<Primitives> try_layouts(const dnnl::engine& engine, const ConvolutionShape& s,
                                      memory::format_tag in, memory::format_tag out) {
  const auto f32 = memory::data_type::f32;
  const auto any = memory::format_tag::any;
  const auto direct = dnnl::algorithm::convolution_direct;
  const memory::desc x({s.batch, s.in, s.height, s.width}, f32, in);
  const memory::desc y({s.batch, s.out, s.height, s.width}, f32, out);
  const memory::desc w({s.out, s.in, s.kernel_height, s.kernel_width}, f32, any);
  const memory::dims stride = {1, 1}, pad = {s.kernel_height / 2, s.kernel_width / 2};
  try {
    Primitives p;
    p.forward = {{dnnl::prop_kind::forward_training, direct, x, w, y, stride, pad, pad}, engine};
    const memory::desc source = p.forward.src_desc(), target = p.forward.dst_desc();
    if (!lanes_of(source) || !lanes_of(target)) return std::nullopt;
    p.by_weights = {{direct, source, w, target, stride, pad, pad}, engine, p.forward};
    if (s.input_gradient) p.by_input = {{direct, source, w, target, stride, pad, pad}, engine, p.forward};
    return p;
  } catch (const dnnl::error&) {
    return std::nullopt;
  }
}

// Blocked and direct where oneDNN has that, its product of matrices on plain maps where not.
Primitives choose(const dnnl::engine& engine, const ConvolutionShape& shape) {
  using tag = memory::format_tag;
  const std::pair<tag, tag> layouts[] = {{tag::any, tag::any},       {tag::nChw16c, tag::nChw16c},
                                         {tag::nChw8c, tag::nChw8c}, {tag::nchw, tag::nChw16c},
                                         {tag::nchw, tag::nChw8c},   {tag::nchw, tag::nchw}};
  for (const auto& [in, out] : layouts) {
    const auto found = try_layouts(engine, shape, in, out);
    if (found && found->is_fast()) return *found;
  }
  if (const auto found = try_layouts(engine, shape, tag::nchw, tag::nchw)) return *found;
  throw Error(ErrorKind::kUnsupported, "oneDNN has no convolution for this shape on this machine");
}

class Convolution final : public Operation {
 public:
  Convolution(Plan& plan, Parameters& parameters, const ConvolutionBlock& block, bool primitives_only,
              const Value& x, Value* out)
      : plan_(plan) {
    const bool trained_below = static_cast<bool>(x.gradient);
    const ConvolutionShape shape = {plan.batch, x.channels,          block.out_channels, x.height,
                                    x.width,    block.kernel_height, block.kernel_width, trained_below};
    const Primitives p = choose(plan.engine, shape);
    const PackedSlot weight =
        parameters.claim(block.weight, ParameterKind::kWeight,
                         {block.out_channels, x.channels, block.kernel_height, block.kernel_width},
                         p.by_weights.diff_weights_desc());
    const memory source = plan.as(x.data, p.forward.src_desc(), &copy_input_);
    const memory maps = plan.make(p.forward.dst_desc());
    const memory forward_weight = plan.as(weight.value, p.forward.weights_desc(), &copy_weights_);
    forward_ = Call(convolution_forward(p.forward),
                    {{DNNL_ARG_SRC, source}, {DNNL_ARG_WEIGHTS, forward_weight}, {DNNL_ARG_DST, maps}});

    const NormSlots slots(parameters, block.norm, block.out_channels);
    const bool blocks = lanes_of(maps.get_desc()) > 1 || primitives_only;
    const memory normed =
        blocks
            ? maps
            : plan.as(maps, plan.map(block.out_channels, x.height, x.width, preferred_lanes()), &copy_maps_);
    norm_ = make_norm(plan, normed, {block.pool_height, block.pool_width, block.relu, block.norm.frozen},
                      slots, primitives_only, out);
    const memory maps_gradient = plan.as(norm_->input_gradient(), maps.get_desc(), &copy_maps_gradient_);
    by_weights_ =
        Call(convolution_backward_weights(p.by_weights), {{DNNL_ARG_SRC, source},
                                                          {DNNL_ARG_DIFF_DST, maps_gradient},
                                                          {DNNL_ARG_DIFF_WEIGHTS, weight.gradient}});
    if (trained_below) {
      const memory backward_weight =
          plan.as(weight.value, p.by_input.weights_desc(), &copy_backward_weights_);
      const memory below = plan.into(x.gradient, p.by_input.diff_src_desc(), &copy_gradient_);
      by_input_ = Call(convolution_backward_data(p.by_input), {{DNNL_ARG_DIFF_SRC, below},
                                                               {DNNL_ARG_WEIGHTS, backward_weight},
                                                               {DNNL_ARG_DIFF_DST, maps_gradient}});
    }
    for (const std::string& name : p.names()) implementation_ += (implementation_.empty() ? "" : "/") + name;
    implementation_ += ", norm " + norm_->implementation();
  }

  void forward(const StepState& state) override {
    copy_input_.run(plan_.stream);
    copy_weights_.run(plan_.stream);
    forward_.run(plan_.stream);
    copy_maps_.run(plan_.stream);
    norm_->forward(state.mode);
  }
  void backward() override {
    norm_->backward();
    copy_maps_gradient_.run(plan_.stream);
    by_weights_.run(plan_.stream);
    copy_backward_weights_.run(plan_.stream);
    by_input_.run(plan_.stream);
    copy_gradient_.run(plan_.stream);
  }
  std::string implementation() const override { return implementation_; }

 private:
  Plan& plan_;
  std::unique_ptr<NormReluPool> norm_;
  Call copy_input_, copy_weights_, forward_, copy_maps_;
  Call copy_maps_gradient_, by_weights_, copy_backward_weights_, by_input_, copy_gradient_;
  std::string implementation_;
};

}  // namespace

std::unique_ptr<Operation> make_convolution(Plan& plan, Parameters& parameters, const ConvolutionBlock& block,
                                            bool primitives_only, const Value& x, Value* out) {
  return std::make_unique<Convolution>(plan, parameters, block, primitives_only, x, out);
}

}  // namespace genretrack::cpu
