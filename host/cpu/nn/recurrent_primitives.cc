#include "host/cpu/nn/recurrent_primitives.h"

namespace genretrack::cpu {
namespace {

using dnnl::memory;
using dnnl::prop_kind;
using tag = memory::format_tag;

struct Descriptions {
  dnnl::rnn_direction direction;
  memory::desc x, y, none, bias;
  memory::desc start;                               // states before the first frame
  memory::desc layer_forward, recurrent_forward;    // what the forward pass reads
  memory::desc layer_backward, recurrent_backward;  // what the backward pass reads
  memory::desc layer_gradient, recurrent_gradient;
};

Descriptions describe(const RecurrentShape& s) {
  const auto f32 = memory::data_type::f32;
  const int gates = gates_of(s.cell), biases = s.cell == Cell::kGru ? gates + 1 : gates;
  const memory::dims layer = {1, s.directions, s.inputs, gates, s.hidden};
  const memory::dims recurrent = {1, s.directions, s.hidden, gates, s.hidden};
  const tag forward = s.any_weights ? tag::any : tag::ldigo, backward = s.any_weights ? tag::any : tag::ldgoi;
  return {s.directions == 2 ? dnnl::rnn_direction::bidirectional_concat
                            : dnnl::rnn_direction::unidirectional_left2right,
          {{s.frames, s.clips, s.inputs}, f32, tag::tnc},
          {{s.frames, s.clips, s.hidden * s.directions}, f32, tag::tnc},
          {},
          {{1, s.directions, biases, s.hidden}, f32, tag::ldgo},
          {{1, s.directions, s.clips, s.hidden}, f32, tag::ldnc},
          {layer, f32, forward},
          {recurrent, f32, forward},
          {layer, f32, backward},
          {recurrent, f32, backward},
          {layer, f32, tag::ldigo},
          {recurrent, f32, tag::ldigo}};
}

template <class Forward, class Backward>
RecurrentPrimitives plan(const dnnl::engine& engine, const typename Forward::desc& forward,
                         const typename Backward::desc& backward) {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  const typename Forward::primitive_desc f(forward, attributes, engine);
  const typename Backward::primitive_desc b(backward, attributes, engine, f);
  return {Forward(f),
          Backward(b),
          f.weights_layer_desc(),
          f.weights_iter_desc(),
          b.weights_layer_desc(),
          b.weights_iter_desc(),
          f.src_iter_desc(),
          f.workspace_desc(),
          f.scratchpad_desc(),
          b.scratchpad_desc(),
          std::string(f.impl_info_str()) + "/" + b.impl_info_str()};
}

}  // namespace

RecurrentPrimitives make_recurrent_primitives(const dnnl::engine& engine, const RecurrentShape& shape) {
  const Descriptions d = describe(shape);
  const auto forward = prop_kind::forward_training, backward = prop_kind::backward;
  if (shape.cell == Cell::kLstm) {
    using F = dnnl::lstm_forward;
    using B = dnnl::lstm_backward;
    return plan<F, B>(engine,
                      F::desc(forward, d.direction, d.x, d.start, d.start, d.layer_forward,
                              d.recurrent_forward, d.bias, d.y, d.none, d.none),
                      B::desc(backward, d.direction, d.x, d.start, d.start, d.layer_backward,
                              d.recurrent_backward, d.bias, d.y, d.none, d.none, d.x, d.start, d.start,
                              d.layer_gradient, d.recurrent_gradient, d.bias, d.y, d.none, d.none));
  }
  if (shape.cell == Cell::kGru) {
    using F = dnnl::lbr_gru_forward;
    using B = dnnl::lbr_gru_backward;
    return plan<F, B>(
        engine,
        F::desc(forward, d.direction, d.x, d.start, d.layer_forward, d.recurrent_forward, d.bias, d.y,
                d.none),
        B::desc(backward, d.direction, d.x, d.start, d.layer_backward, d.recurrent_backward, d.bias, d.y,
                d.none, d.x, d.start, d.layer_gradient, d.recurrent_gradient, d.bias, d.y, d.none));
  }
  using F = dnnl::vanilla_rnn_forward;
  using B = dnnl::vanilla_rnn_backward;
  const auto tanh = dnnl::algorithm::eltwise_tanh;
  return plan<F, B>(
      engine,
      F::desc(forward, tanh, d.direction, d.x, d.start, d.layer_forward, d.recurrent_forward, d.bias, d.y,
              d.none),
      B::desc(backward, tanh, d.direction, d.x, d.start, d.layer_backward, d.recurrent_backward, d.bias, d.y,
              d.none, d.x, d.start, d.layer_gradient, d.recurrent_gradient, d.bias, d.y, d.none));
}

}  // namespace genretrack::cpu
