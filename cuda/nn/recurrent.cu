// A recurrent layer by cuDNN. Our weights, (G * H, C) and (G * H, H) per direction, are copied into cuDNN's
// space before each forward, and the gradients out of it.
#include <algorithm>

#include "cuda/core/grid.cuh"
#include "cuda/nn/cudnn_recurrent.h"
#include "cuda/nn/operations.h"

namespace genretrack::cuda {
namespace {

struct Segment {
  float *ours, *ours_gradient;
  std::size_t place, count;  // in cuDNN's space, floats
};

// Grid (longest segment / kBlock, segments).
template <bool gradients>
__global__ void copy_segments_kernel(const Segment* segments, float* space) {
  const Segment s = segments[blockIdx.y];
  const std::size_t i = element_of_thread();
  if (i >= s.count) return;
  if (gradients)
    s.ours_gradient[i] = space[s.place + i];
  else
    space[s.place + i] = s.ours[i];
}

class Recurrent final : public Operation {
 public:
  Recurrent(Plan& plan, Parameters& parameters, const RecurrentLayer& layer, const Value& x, Value* out)
      : plan_(plan),
        x_(x),
        cudnn_(plan.cudnn, {layer.cell, x.batch, x.width, x.channels, layer.hidden, layer.directions},
               plan.options) {
    std::vector<Segment> segments;
    for (int d = 0; d < layer.directions; ++d) claim(parameters, layer, d, segments);
    segment_count_ = segments.size();
    for (const Segment& s : segments) longest_ = std::max(longest_, s.count);
    segments_ = plan.make_table(segments);
    weights_ = plan.make_zeros(cudnn_.weight_count());
    out->data = plan.make(out->count());
    plan.need_workspace(cudnn_.workspace_bytes());
    reserve_ = plan.make((cudnn_.reserve_bytes() + sizeof(float) - 1) / sizeof(float));
    if (x.gradient || trained_) {
      plan.make_gradient(out);
      x_gradient_ = x.gradient ? x.gradient : plan.make(x.count());
    }
    if (trained_) weight_gradients_ = plan.make(cudnn_.weight_count());
    out_ = *out;
  }

  void forward(Mode mode) override {
    copy<false>(weights_);
    cudnn_.forward(mode == Mode::kTraining, x_.data, weights_, out_.data, plan_.workspace(), reserve_);
  }

  void backward() override {
    if (!out_.gradient) return;
    cudnn_.backward_data(out_.data, out_.gradient, weights_, x_gradient_, plan_.workspace(), reserve_);
    if (!trained_) return;
    check_cuda(cudaMemsetAsync(weight_gradients_, 0, cudnn_.weight_count() * sizeof(float), plan_.stream),
               "clear gradients");
    cudnn_.backward_weights(x_.data, out_.data, weight_gradients_, plan_.workspace(), reserve_);
    copy<true>(weight_gradients_);
  }

  std::string implementation() const override { return cudnn_.implementation(); }

 private:
  void claim(Parameters& parameters, const RecurrentLayer& layer, int d, std::vector<Segment>& segments) {
    const RecurrentLayer::Direction& at = layer.direction[d];
    const auto hidden = static_cast<std::size_t>(layer.hidden), in = static_cast<std::size_t>(x_.channels);
    const int gates = gates_of(layer.cell);
    const auto rows = static_cast<std::size_t>(gates) * hidden;
    const std::size_t biases = rows + (layer.cell == Cell::kGru ? hidden : 0);
    const DeviceSlot input = parameters.claim(at.input_weight, ParameterKind::kWeight, rows * in),
                     recurrent = parameters.claim(at.recurrent_weight, ParameterKind::kWeight, rows * hidden),
                     bias = parameters.claim(at.bias, ParameterKind::kVector, biases);
    trained_ = trained_ || input.trained || recurrent.trained || bias.trained;
    const auto add = [&](const DeviceSlot& slot, std::size_t first, std::size_t place, std::size_t count) {
      segments.push_back({slot.value + first, slot.gradient + first, place, count});
    };
    for (int g = 0; g < gates; ++g) {
      const std::size_t first = static_cast<std::size_t>(g) * hidden;
      add(input, first * in, cudnn_.input_weight(d, g), hidden * in);
      add(recurrent, first * hidden, cudnn_.recurrent_weight(d, g), hidden * hidden);
      add(bias, first, cudnn_.input_bias(d, g), hidden);
    }
    if (layer.cell == Cell::kGru) add(bias, rows, cudnn_.recurrent_bias(d, 2), hidden);
  }

  template <bool gradients>
  void copy(float* space) const {
    LaunchShape shape = each_element(longest_, plan_.stream, "copy recurrent weights");
    shape.grid.y = static_cast<unsigned>(segment_count_);
    launch(copy_segments_kernel<gradients>, shape, segments_, space);
  }

  Plan& plan_;
  Value x_, out_;
  CudnnRecurrent cudnn_;
  Segment* segments_ = nullptr;
  std::size_t segment_count_ = 0, longest_ = 0;
  bool trained_ = false;
  float *weights_ = nullptr, *weight_gradients_ = nullptr;  // in cuDNN's order
  float *reserve_ = nullptr, *x_gradient_ = nullptr;
};

}  // namespace

OperationPointer make_recurrent(Plan& plan, Parameters& parameters, const RecurrentLayer& layer,
                                const Value& x, Value* out) {
  return std::make_unique<Recurrent>(plan, parameters, layer, x, out);
}

}  // namespace genretrack::cuda
