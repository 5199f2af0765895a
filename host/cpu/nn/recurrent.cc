// A recurrent layer. One oneDNN primitive for the whole batch would let its threads meet a few times in every
// frame, and each meeting costs more than the work between two of them; so the batch goes in shares, one
// thread and one pair of primitives for each, and threads meet once per pass.
//
// Parameters keep their plain layout, which is oneDNN's ldgoi but for the order of a GRU's gates (ours r z n,
// oneDNN's z r n); each step copies them into what the primitives want.
#include <algorithm>
#include <cstring>
#include <exception>
#include <numeric>

#include "host/cpu/nn/operations.h"
#include "host/cpu/nn/recurrent_primitives.h"

namespace genretrack::cpu {
namespace {

using dnnl::memory;
using tag = memory::format_tag;

class Recurrent final : public Operation {
 public:
  Recurrent(Plan& plan, Parameters& parameters, const RecurrentLayer& layer, const Value& x, Value* out)
      : plan_(plan),
        gates_(gates_of(layer.cell)),
        biases_(layer.cell == Cell::kGru ? gates_ + 1 : gates_),
        swapped_(layer.cell == Cell::kGru),
        directions_(layer.directions),
        inputs_(x.channels),
        hidden_(layer.hidden),
        in_(*x.time) {
    out->time = out_ = plan.make_time_major(hidden_ * directions_, in_.frames, true);
    claim(parameters, layer);
    layer_plain_ = plan.make(weights(inputs_, tag::ldgoi));
    recurrent_plain_ = plan.make(weights(hidden_, tag::ldgoi));
    bias_ = plan.make({{1, directions_, biases_, hidden_}, memory::data_type::f32, tag::ldgo});
    const ThreadCount one(1);
    // Any layout of the weights has to serve every share.
    const bool equal = in_.batch % in_.shares == 0;
    for (int s = 0; s < in_.shares; ++s) plan_share(layer, s, equal);
    failures_.resize(shares_.size());
  }

  void forward(const StepState&) override {
    stage_parameters();
    layer_forward_.run(plan_.stream);
    recurrent_forward_.run(plan_.stream);
    run_shares([](const Share& s) { s.forward.run(s.stream); });
  }

  void backward() override {
    layer_backward_.run(plan_.stream);
    recurrent_backward_.run(plan_.stream);
    run_shares([](const Share& s) {
      // oneDNN adds to the gradients of parameters.
      for (const memory& m : {s.layer_gradient, s.recurrent_gradient, s.bias_gradient})
        std::memset(m.get_data_handle(), 0, m.get_desc().get_size());
      s.backward.run(s.stream);
    });
    for (int d = 0; d < directions_; ++d) {
      gather_gradient(&Share::layer_gradient, d, inputs_, floats(slots_[d].input.gradient));
      gather_gradient(&Share::recurrent_gradient, d, hidden_, floats(slots_[d].recurrent.gradient));
      gather_bias(d, floats(slots_[d].bias.gradient));
    }
  }

  std::string implementation() const override {
    return implementation_ + " in " + std::to_string(shares_.size()) +
           (shares_.size() == 1 ? " share" : " shares");
  }

 private:
  struct Slots {
    PackedSlot input, recurrent, bias;
  };
  struct Share {
    dnnl::stream stream;
    memory layer_gradient, recurrent_gradient, bias_gradient;  // (1, directions, inputs, gates, hidden), ...
    Call forward, backward;
  };

  void claim(Parameters& parameters, const RecurrentLayer& layer) {
    const auto matrix = [&](std::size_t offset, int columns) {
      const memory::dims shape = {gates_ * hidden_, columns};
      return parameters.claim(offset, ParameterKind::kWeight, shape,
                              {shape, memory::data_type::f32, tag::ab});
    };
    for (int d = 0; d < directions_; ++d) {
      const RecurrentLayer::Direction& at = layer.direction[d];
      slots_[d] = {matrix(at.input_weight, inputs_), matrix(at.recurrent_weight, hidden_),
                   parameters.claim_vector(at.bias, ParameterKind::kVector, biases_ * hidden_)};
    }
  }

  memory::desc weights(int inputs, tag layout) const {
    return {{1, directions_, inputs, gates_, hidden_}, memory::data_type::f32, layout};
  }

  void plan_share(const RecurrentLayer& layer, int s, bool any_weights) {
    RecurrentShape shape{layer.cell, in_.clips(s), in_.frames, inputs_, hidden_, directions_, any_weights};
    const RecurrentPrimitives p = make_recurrent_primitives(plan_.engine, shape);
    if (s == 0) {
      layer_forward_weights_ = plan_.as(layer_plain_, p.layer_forward, &layer_forward_);
      recurrent_forward_weights_ = plan_.as(recurrent_plain_, p.recurrent_forward, &recurrent_forward_);
      layer_backward_weights_ = plan_.as(layer_plain_, p.layer_backward, &layer_backward_);
      recurrent_backward_weights_ = plan_.as(recurrent_plain_, p.recurrent_backward, &recurrent_backward_);
      implementation_ = p.name;
    }
    const auto rows = [&](const TimeMajor& time, float* data) {
      const memory::desc desc({time.frames, time.clips(s), time.features}, memory::data_type::f32, tag::tnc);
      return data ? memory(desc, plan_.engine, data + time.begin(s)) : plan_.make(desc);
    };
    Share& share = shares_.emplace_back();
    share.stream = dnnl::stream(plan_.engine);
    share.layer_gradient = plan_.make(weights(inputs_, tag::ldigo));
    share.recurrent_gradient = plan_.make(weights(hidden_, tag::ldigo));
    share.bias_gradient = plan_.make(bias_.get_desc());
    const memory source = rows(in_, in_.data), target = rows(out_, out_.data);
    const memory space = plan_.make(p.workspace), start = plan_.make(p.start);
    share.forward = Call(p.forward, {{DNNL_ARG_SRC_LAYER, source},
                                     {DNNL_ARG_SRC_ITER, start},
                                     {DNNL_ARG_SRC_ITER_C, start},
                                     {DNNL_ARG_WEIGHTS_LAYER, layer_forward_weights_},
                                     {DNNL_ARG_WEIGHTS_ITER, recurrent_forward_weights_},
                                     {DNNL_ARG_BIAS, bias_},
                                     {DNNL_ARG_DST_LAYER, target},
                                     {DNNL_ARG_WORKSPACE, space},
                                     {DNNL_ARG_SCRATCHPAD, plan_.make(p.forward_scratchpad)}});
    share.backward = Call(p.backward, {{DNNL_ARG_SRC_LAYER, source},
                                       {DNNL_ARG_SRC_ITER, start},
                                       {DNNL_ARG_SRC_ITER_C, start},
                                       {DNNL_ARG_WEIGHTS_LAYER, layer_backward_weights_},
                                       {DNNL_ARG_WEIGHTS_ITER, recurrent_backward_weights_},
                                       {DNNL_ARG_BIAS, bias_},
                                       {DNNL_ARG_DST_LAYER, target},
                                       {DNNL_ARG_WORKSPACE, space},
                                       {DNNL_ARG_DIFF_SRC_LAYER, rows(in_, in_.gradient)},
                                       {DNNL_ARG_DIFF_SRC_ITER, plan_.make(p.start)},
                                       {DNNL_ARG_DIFF_SRC_ITER_C, plan_.make(p.start)},
                                       {DNNL_ARG_DIFF_WEIGHTS_LAYER, share.layer_gradient},
                                       {DNNL_ARG_DIFF_WEIGHTS_ITER, share.recurrent_gradient},
                                       {DNNL_ARG_DIFF_BIAS, share.bias_gradient},
                                       {DNNL_ARG_DIFF_DST_LAYER, rows(out_, out_.gradient)},
                                       {DNNL_ARG_SCRATCHPAD, plan_.make(p.backward_scratchpad)}});
  }

  // Where oneDNN has our gate g.
  int gate(int g) const { return swapped_ && g < 2 ? 1 - g : g; }

  void stage_parameters() {
    const auto copy = [&](const memory& slot, const memory& to, int d, int gates, int columns) {
      const std::size_t size = std::size_t(hidden_) * columns;
      float* out = floats(to) + std::size_t(d) * gates * size;
      for (int g = 0; g < gates; ++g)
        std::memcpy(out + gate(g) * size, floats(slot) + g * size, size * sizeof(float));
    };
    for (int d = 0; d < directions_; ++d) {
      copy(slots_[d].input.value, layer_plain_, d, gates_, inputs_);
      copy(slots_[d].recurrent.value, recurrent_plain_, d, gates_, hidden_);
      copy(slots_[d].bias.value, bias_, d, biases_, 1);
    }
  }

  template <class Work>
  void run_shares(const Work& work) {
    const int count = static_cast<int>(shares_.size());
#pragma omp parallel for schedule(static, 1) num_threads(count)
    for (int s = 0; s < count; ++s) {
      failures_[s] = nullptr;
      try {
        work(shares_[s]);
      } catch (...) {
        failures_[s] = std::current_exception();
      }
    }
    for (const std::exception_ptr& failure : failures_)
      if (failure) std::rethrow_exception(failure);
  }

  // The sum over shares, (columns, gates * hidden), becomes (gates * hidden, columns) in our order of gates.
  void gather_gradient(memory Share::*member, int d, int columns, float* to) const {
    constexpr int kTile = 16;
    const int width = gates_ * hidden_;
#pragma omp parallel for schedule(static)
    for (int row = 0; row < width; row += kTile) {
      const int end = std::min(width, row + kTile);
      for (int c = 0; c < columns; ++c) {
        float sums[kTile] = {};
        for (const Share& share : shares_) {
          const float* from = floats(share.*member) + (std::size_t(d) * columns + c) * width;
          for (int r = row; r < end; ++r) sums[r - row] += from[gate(r / hidden_) * hidden_ + r % hidden_];
        }
        for (int r = row; r < end; ++r) to[std::size_t(r) * columns + c] = sums[r - row];
      }
    }
  }

  void gather_bias(int d, float* to) const {
    for (int r = 0; r < biases_ * hidden_; ++r) {
      const std::size_t from = (std::size_t(d) * biases_ + gate(r / hidden_)) * hidden_ + r % hidden_;
      float sum = 0;
      for (const Share& share : shares_) sum += floats(share.bias_gradient)[from];
      to[r] = sum;
    }
  }

  Plan& plan_;
  int gates_, biases_;
  bool swapped_;
  int directions_, inputs_, hidden_;
  TimeMajor in_, out_;
  Slots slots_[2];
  memory layer_plain_, recurrent_plain_, bias_;
  memory layer_forward_weights_, recurrent_forward_weights_;
  memory layer_backward_weights_, recurrent_backward_weights_;
  Call layer_forward_, recurrent_forward_, layer_backward_, recurrent_backward_;
  std::vector<Share> shares_;
  std::vector<std::exception_ptr> failures_;
  std::string implementation_;
};

}  // namespace

std::unique_ptr<Operation> make_recurrent(Plan& plan, Parameters& parameters, const RecurrentLayer& layer,
                                          const Value& x, Value* out) {
  return std::make_unique<Recurrent>(plan, parameters, layer, x, out);
}

}  // namespace genretrack::cpu
