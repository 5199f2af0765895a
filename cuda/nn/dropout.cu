// Inverted dropout. The mask is never stored: it is a function of (seed, step, layer, place), which the
// backward pass computes again.
#include "cuda/core/grid.cuh"
#include "cuda/nn/operations.h"
#include "host/backend/dropout.h"

namespace genretrack::cuda {
namespace {

struct DropoutShape {
  std::size_t count, channels, positions;  // all values; of one clip
  float rate;
  std::uint32_t layer;
};

// Grid (values / kBlock): one thread per value of maps (N, positions, C), whose number in the plain order
// (N, C, positions) decides.
__global__ void dropout_kernel(DropoutShape s, const StepNumbers* numbers, const float* from, float* to) {
  const std::size_t i = element_of_thread();
  if (i >= s.count) return;
  const std::size_t c = i % s.channels, place = i / s.channels % s.positions,
                    n = i / s.channels / s.positions;
  const std::size_t plain = (n * s.channels + c) * s.positions + place;
  const std::array<bool, 4> keeps = dropout_keeps(numbers->seed, numbers->step, s.layer, plain / 4, s.rate);
  to[i] = keeps[plain % 4] ? from[i] / (1 - s.rate) : 0;
}

class Dropout final : public Operation {
 public:
  Dropout(Plan& plan, float rate, std::uint32_t layer, const Value& x, Value* out)
      : plan_(plan),
        shape_{x.count(), static_cast<std::size_t>(x.channels), x.positions(), rate, layer},
        x_(x) {
    out->data = plan.make(out->count());
    if (x.gradient) plan.make_gradient(out);
    out_ = *out;
  }

  void forward(Mode mode) override {
    if (mode == Mode::kTraining) return run(x_.data, out_.data);
    check_cuda(cudaMemcpyAsync(out_.data, x_.data, shape_.count * sizeof(float), cudaMemcpyDeviceToDevice,
                               plan_.stream),
               "copy maps");
  }
  void backward() override {
    if (x_.gradient) run(out_.gradient, x_.gradient);
  }
  std::string implementation() const override { return "own"; }

 private:
  void run(const float* from, float* to) const {
    launch(dropout_kernel, each_element(shape_.count, plan_.stream, "drop out values"), shape_,
           plan_.numbers(), from, to);
  }

  Plan& plan_;
  DropoutShape shape_;
  Value x_, out_;
};

}  // namespace

OperationPointer make_dropout(Plan& plan, float rate, std::uint32_t layer, const Value& x, Value* out) {
  return std::make_unique<Dropout>(plan, rate, layer, x, out);
}

}  // namespace genretrack::cuda
