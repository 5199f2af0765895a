// The two small operations without a library: mean over positions, and dropout.
#include <algorithm>
#include <cstring>

#include "host/backend/dropout.h"
#include "host/cpu/nn/operations.h"

namespace genretrack::cpu {
namespace {

using dnnl::memory;

class Mean final : public Operation {
 public:
  Mean(Plan& plan, const Value& x, Value* out)
      : batch_(plan.batch), channels_(x.channels), layout_(layout_of(x.data.get_desc())), x_(x) {
    const memory::desc plain = plan.map(x.channels, 1, 1, 1);
    out->data = data_ = plan.make(plain);
    if (x.gradient) out->gradient = gradient_ = plan.make(plain);
  }

  void forward(const StepState&) override {
    const float* x = floats(x_.data);
    float* means = floats(data_);
#pragma omp parallel for schedule(static)
    for (int row = 0; row < batch_ * layout_.blocks; ++row) {
      const int n = row / layout_.blocks, first = row % layout_.blocks * layout_.lanes;
      const int lanes = std::min(layout_.lanes, channels_ - first);
      const float* from = x + std::size_t(row) * layout_.area * layout_.lanes;
      for (int lane = 0; lane < lanes; ++lane) {
        double sum = 0;
        for (int i = 0; i < layout_.area; ++i) sum += from[std::size_t(i) * layout_.lanes + lane];
        means[std::size_t(n) * channels_ + first + lane] = static_cast<float>(sum / layout_.area);
      }
    }
  }

  void backward() override {
    if (!gradient_) return;
    const float* means = floats(gradient_);
    float* x = floats(x_.gradient);
#pragma omp parallel for schedule(static)
    for (int row = 0; row < batch_ * layout_.blocks; ++row) {
      const int n = row / layout_.blocks, first = row % layout_.blocks * layout_.lanes;
      const int lanes = std::min(layout_.lanes, channels_ - first);
      float* to = x + std::size_t(row) * layout_.area * layout_.lanes;
      for (int lane = 0; lane < lanes; ++lane) {
        const float share =
            means[std::size_t(n) * channels_ + first + lane] / static_cast<float>(layout_.area);
        for (int i = 0; i < layout_.area; ++i) to[std::size_t(i) * layout_.lanes + lane] = share;
      }
    }
  }
  std::string implementation() const override { return "own"; }

 private:
  int batch_, channels_;
  MapLayout layout_;
  Value x_;
  memory data_, gradient_;
};

class Dropout final : public Operation {
 public:
  Dropout(Plan& plan, float rate, std::uint32_t layer, const Value& x, Value* out)
      : batch_(plan.batch), rate_(rate), layer_(layer), layout_(layout_of(x.data.get_desc())), x_(x) {
    const memory::desc desc = x.data.get_desc();
    out->data = data_ = plan.make(desc);
    if (x.gradient) out->gradient = gradient_ = plan.make(desc);
    // In the layout of the maps; zero in lanes beyond the last channel.
    mask_ = FloatBuffer(desc.get_size() / sizeof(float));
  }

  void forward(const StepState& state) override {
    if (state.mode == Mode::kEvaluation) {
      std::memcpy(floats(data_), floats(x_.data), mask_.size() * sizeof(float));
      return;
    }
    draw(state);
    multiply(floats(x_.data), floats(data_));
  }
  void backward() override {
    if (gradient_) multiply(floats(gradient_), floats(x_.gradient));
  }
  std::string implementation() const override { return "own"; }

 private:
  void draw(const StepState& state) {
    const auto area = std::size_t(layout_.area);
    const std::size_t count = std::size_t(batch_) * x_.channels * area;
    const auto groups = static_cast<std::ptrdiff_t>((count + 3) / 4);
#pragma omp parallel for schedule(static)
    for (std::ptrdiff_t g = 0; g < groups; ++g) {
      const auto keeps = dropout_keeps(state.seed, state.step, layer_, static_cast<std::uint64_t>(g), rate_);
      for (std::size_t k = 0; k < 4; ++k) {
        const std::size_t i = std::size_t(g) * 4 + k;
        if (i >= count) break;
        const auto n = static_cast<int>(i / area / x_.channels), c = static_cast<int>(i / area % x_.channels);
        mask_.data()[layout_.offset(n, c, static_cast<int>(i % area))] = keeps[k] ? 1.0f : 0.0f;
      }
    }
  }

  void multiply(const float* from, float* to) const {
    const float kept = 1 - rate_;
    const float* mask = mask_.data();
    const auto count = static_cast<std::ptrdiff_t>(mask_.size());
#pragma omp parallel for schedule(static)
    for (std::ptrdiff_t i = 0; i < count; ++i) to[i] = from[i] * mask[i] / kept;
  }

  int batch_;
  float rate_;
  std::uint32_t layer_;
  MapLayout layout_;
  Value x_;
  memory data_, gradient_;
  FloatBuffer mask_;
};

}  // namespace

std::unique_ptr<Operation> make_mean(Plan& plan, const Value& x, Value* out) {
  return std::make_unique<Mean>(plan, x, out);
}

std::unique_ptr<Operation> make_dropout(Plan& plan, float rate, std::uint32_t layer, const Value& x,
                                        Value* out) {
  return std::make_unique<Dropout>(plan, rate, layer, x, out);
}

}  // namespace genretrack::cpu
