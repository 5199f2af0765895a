// Convolution by cuDNN, then batch norm, ReLU and max pool in our own kernels. cuDNN reads weights as
// (K, R, S, C); ours are (K, C, R, S), so a copy is turned before each forward, and the gradient after it.
#include <optional>

#include "cuda/nn/cudnn_convolution.h"
#include "cuda/nn/layout.h"
#include "cuda/nn/norm.h"
#include "cuda/nn/operations.h"

namespace genretrack::cuda {
namespace {

ConvolutionShape shape_of(const Value& x, const ConvolutionBlock& block) {
  return {x.batch, x.channels,          block.out_channels, x.height,
          x.width, block.kernel_height, block.kernel_width, x.gradient != nullptr};
}

class Convolution final : public Operation {
 public:
  Convolution(Plan& plan, Parameters& parameters, const ConvolutionBlock& block, const Value& x, Value* out)
      : plan_(plan),
        x_(x),
        taps_(block.kernel_height * block.kernel_width),
        weight_(parameters.claim(block.weight, ParameterKind::kWeight,
                                 static_cast<std::size_t>(block.out_channels) *
                                     static_cast<std::size_t>(x.channels) * static_cast<std::size_t>(taps_))),
        maps_{x.batch, block.out_channels, x.height, x.width},
        convolution_(plan.cudnn, shape_of(x, block), plan.options) {
    if (turns()) {
      const std::size_t count = maps_.channels * weights_of_channel();
      turned_ = plan.make(count);
      turned_gradient_ = plan.make(count);
    }
    maps_.data = plan.make(maps_.count());
    plan.need_workspace(convolution_.workspace_bytes());
    norm_.emplace(plan, parameters, block.norm, maps_,
                  NormShape{block.pool_height, block.pool_width, block.relu}, weight_.trained || x.gradient,
                  out);
    trains_ = out->gradient != nullptr;
  }

  void forward(Mode mode) override {
    if (turns())
      swap_inner(weight_.value, turned_, static_cast<std::size_t>(maps_.channels), x_.channels, taps_,
                 plan_.stream);
    convolution_.forward(x_.data, weights(), maps_.data, plan_.workspace());
    norm_->forward(mode);
  }

  void backward() override {
    if (!trains_) return;
    norm_->backward();
    if (weight_.trained) {
      convolution_.backward_filter(x_.data, maps_.data, turns() ? turned_gradient_ : weight_.gradient,
                                   plan_.workspace());
      if (turns())
        swap_inner(turned_gradient_, weight_.gradient, static_cast<std::size_t>(maps_.channels), taps_,
                   x_.channels, plan_.stream);
    }
    if (x_.gradient) convolution_.backward_data(weights(), maps_.data, x_.gradient, plan_.workspace());
  }

  std::string implementation() const override { return convolution_.engines() + ", norm own"; }

 private:
  bool turns() const { return x_.channels > 1 && taps_ > 1; }
  std::size_t weights_of_channel() const {
    return static_cast<std::size_t>(x_.channels) * static_cast<std::size_t>(taps_);
  }
  const float* weights() const { return turns() ? turned_ : weight_.value; }

  Plan& plan_;
  Value x_;
  int taps_;
  DeviceSlot weight_;
  Value maps_;  // the convolution's result, and then its gradient
  CudnnConvolution convolution_;
  float *turned_ = nullptr, *turned_gradient_ = nullptr;
  std::optional<NormReluPool> norm_;
  bool trains_ = false;
};

}  // namespace

OperationPointer make_convolution(Plan& plan, Parameters& parameters, const ConvolutionBlock& block,
                                  const Value& x, Value* out) {
  return std::make_unique<Convolution>(plan, parameters, block, x, out);
}

}  // namespace genretrack::cuda
