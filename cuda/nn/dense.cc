// Product of all features in plain (C, H, W) order; then batch norm and ReLU, or a bias.
#include <optional>

#include "cuda/nn/layout.h"
#include "cuda/nn/norm.h"
#include "cuda/nn/operations.h"

namespace genretrack::cuda {
namespace {

class Dense final : public Operation {
 public:
  Dense(Plan& plan, Parameters& parameters, const DenseBlock& block, const Value& x, Value* out)
      : plan_(plan),
        x_(x),
        features_(x.channels * x.height * x.width),
        units_(block.units),
        weight_(parameters.claim(block.weight, ParameterKind::kWeight,
                                 static_cast<std::size_t>(units_) * static_cast<std::size_t>(features_))),
        sums_{x.batch, units_, 1, 1} {
    if (!x.is_plain()) {
      rows_ = plan.make(x.count());
      if (x.gradient) rows_gradient_ = plan.make(x.count());
    }
    const bool trained_below = weight_.trained || x.gradient;
    sums_.data = plan.make(sums_.count());
    if (block.hidden) {
      norm_.emplace(plan, parameters, block.norm, sums_, NormShape{}, trained_below, out);
      sums_.gradient = out->gradient ? sums_.data : nullptr;
    } else {
      bias_ = parameters.claim(block.bias, ParameterKind::kVector, static_cast<std::size_t>(units_));
      out->data = sums_.data;
      if (trained_below || bias_.trained) plan.make_gradient(out);
      sums_.gradient = out->gradient;
    }
  }

  void forward(Mode mode) override {
    const float* rows = x_.data;
    if (rows_) {
      swap_inner(x_.data, rows_, static_cast<std::size_t>(x_.batch), static_cast<int>(x_.positions()),
                 x_.channels, plan_.stream);
      rows = rows_;
    }
    plan_.products.forward(rows, weight_.value, sums_.data, x_.batch, features_, units_);
    if (norm_)
      norm_->forward(mode);
    else
      add_to_rows(sums_.data, bias_.value, static_cast<std::size_t>(x_.batch), units_, plan_.stream);
  }

  void backward() override {
    if (!sums_.gradient) return;
    if (norm_) norm_->backward();
    if (!norm_ && bias_.trained) sum_columns(sums_.gradient, bias_.gradient, x_.batch, units_, plan_.stream);
    if (weight_.trained)
      plan_.products.backward_weights(rows_ ? rows_ : x_.data, sums_.gradient, weight_.gradient, x_.batch,
                                      features_, units_);
    if (!x_.gradient) return;
    plan_.products.backward_data(weight_.value, sums_.gradient, rows_ ? rows_gradient_ : x_.gradient,
                                 x_.batch, features_, units_);
    if (rows_)
      swap_inner(rows_gradient_, x_.gradient, static_cast<std::size_t>(x_.batch), x_.channels,
                 static_cast<int>(x_.positions()), plan_.stream);
  }

  std::string implementation() const override { return norm_ ? "cuBLAS, norm own" : "cuBLAS, bias own"; }

 private:
  Plan& plan_;
  Value x_;
  int features_, units_;
  DeviceSlot weight_, bias_;
  Value sums_;                                        // (N, U), without bias or norm
  float *rows_ = nullptr, *rows_gradient_ = nullptr;  // x in plain order, where that differs
  std::optional<NormReluPool> norm_;
};

}  // namespace

OperationPointer make_dense(Plan& plan, Parameters& parameters, const DenseBlock& block, const Value& x,
                            Value* out) {
  return std::make_unique<Dense>(plan, parameters, block, x, out);
}

}  // namespace genretrack::cuda
