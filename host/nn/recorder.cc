#include "host/nn/recorder.h"

#include <algorithm>

#include "host/core/error.h"
#include "host/spec/choices.h"

namespace genretrack {
namespace {

static_assert(static_cast<int>(ClipSummary::kMean) == static_cast<int>(TimeSummary::kMean) &&
              static_cast<int>(ClipSummary::kMax) == static_cast<int>(TimeSummary::kMax) &&
              static_cast<int>(ClipSummary::kBoth) == static_cast<int>(TimeSummary::kBoth) &&
              static_cast<int>(ClipSummary::kLast) == static_cast<int>(TimeSummary::kLast) &&
              static_cast<int>(ClipSummary::kAttention) == static_cast<int>(TimeSummary::kAttention));

constexpr double kMostValues = 1 << 30;

}  // namespace

void check_size(const std::string& layer, double values) {
  if (values > kMostValues)
    throw Error(ErrorKind::kSpec, layer + " would have " + std::to_string(static_cast<long long>(values)) +
                                      " values; shorter segments or fewer channels or units need less");
}

void Recorder::note(const std::string& what, const Tensor& t) {
  network.layers.push_back(prefix + what + ": " + std::to_string(t.channels) + " x " +
                           std::to_string(t.height) + " x " + std::to_string(t.width));
}

Tensor Recorder::input(int channels, int height, int width) {
  check_size(prefix + "input", static_cast<double>(channels) * height * width);
  const Tensor x = ops.input(channels, height, width);
  network.inputs.push_back(x);
  note("input", x);
  return x;
}

// The branch's block of that index, from 1, with its kernel and pooling.
ConvolutionBlock Recorder::block(Tensor x, int index) const {
  const auto at = static_cast<std::size_t>(index - 1);
  const bool one_dimensional = branch.architecture == Architecture::kCnn1d;
  const MapSize pool = pooling_of(branch, at, {x.height, x.width});
  ConvolutionBlock block;
  block.out_channels = branch.channels.at(at);
  block.kernel_height = one_dimensional ? 1 : branch.kernel_size.height;
  block.kernel_width = branch.kernel_size.width;
  block.pool_height = one_dimensional ? 1 : pool.height;
  block.pool_width = pool.width;
  return block;
}

// Gives the block its place in the layout and records it.
Tensor Recorder::convolve(Tensor x, const std::string& id, ConvolutionBlock block) {
  block.weight = network.layout.add(id + "/weight",
                                    {block.out_channels, x.channels, block.kernel_height, block.kernel_width},
                                    ParameterKind::kWeight, InitialValue::kHidden);
  block.norm = network.layout.add_batch_norm(id + "/norm", block.out_channels);
  check_size(id, static_cast<double>(block.out_channels) * x.height * x.width);
  return ops.convolution_block(x, block);
}

Tensor Recorder::convolution(Tensor x, int index) {
  const Tensor y = convolve(x, prefix + "block" + std::to_string(index), block(x, index));
  note("block " + std::to_string(index), y);
  return y;
}

Tensor Recorder::residual(Tensor x, int index) {
  const std::string id = prefix + "block" + std::to_string(index);
  ConvolutionBlock block = this->block(x, index);
  const int pool_height = block.pool_height, pool_width = block.pool_width;
  block.pool_height = block.pool_width = 1;
  const auto [in, past] = ops.fork(x);
  const Tensor middle = convolve(in, id + "/first", block);
  block.relu = false;
  const Tensor end = convolve(middle, id + "/second", block);
  block.kernel_height = block.kernel_width = 1;
  const Tensor added = block.out_channels == x.channels ? past : convolve(past, id + "/past", block);
  const Tensor y = ops.add_relu_pool(end, added, pool_height, pool_width);
  note("residual block " + std::to_string(index), y);
  return y;
}

Tensor Recorder::hidden(Tensor x, int units, const std::string& id) {
  check_size(prefix + id, static_cast<double>(units) * x.channels * x.height * x.width);
  DenseBlock block;
  block.units = units;
  block.weight = network.layout.add(prefix + id + "/weight", {units, x.channels * x.height * x.width},
                                    ParameterKind::kWeight, InitialValue::kHidden);
  block.norm = network.layout.add_batch_norm(prefix + id + "/norm", units);
  const Tensor y = ops.dense_block(x, block);
  note(id, y);
  return y;
}

Tensor Recorder::recurrent(Tensor x, Cell cell, int index) {
  const std::string id = prefix + "recurrent" + std::to_string(index);
  RecurrentLayer layer;
  layer.cell = cell;
  layer.hidden = branch.hidden;
  layer.directions = branch.bidirectional ? 2 : 1;
  const int rows = gates_of(cell) * layer.hidden, biases = cell == Cell::kGru ? rows + layer.hidden : rows;
  check_size(id,
             static_cast<double>(rows) * layer.directions * std::max({x.channels, layer.hidden, x.width}));
  for (int d = 0; d < layer.directions; ++d) {
    const std::string name = id + (d == 0 ? "/forward" : "/backward");
    layer.direction[d] = {
        network.layout.add(name + "/input_weight", {rows, x.channels}, ParameterKind::kWeight,
                           InitialValue::kOutput),
        network.layout.add(name + "/recurrent_weight", {rows, layer.hidden}, ParameterKind::kWeight,
                           InitialValue::kOrthogonal),
        network.layout.add(name + "/bias", {biases}, ParameterKind::kVector,
                           cell == Cell::kLstm ? InitialValue::kForgetGate : InitialValue::kZero)};
  }
  const Tensor y = ops.recurrent_layer(x, layer);
  note("recurrent " + std::to_string(index), y);
  return y;
}

Tensor Recorder::summarise_time(Tensor x) {
  if (branch.time_summary == ClipSummary::kMean && !is_recurrent(branch.architecture))
    return ops.mean_over_positions(x);
  if (x.height > 1) x = ops.mean_over_height(x);
  TimeSummaryBlock block;
  block.summary = static_cast<TimeSummary>(branch.time_summary);
  block.directions = is_recurrent(branch.architecture) && branch.bidirectional ? 2 : 1;
  if (block.summary == TimeSummary::kAttention)
    // Equal weights to begin with.
    block.query = network.layout.add(prefix + "attention/query", {x.channels}, ParameterKind::kWeight,
                                     InitialValue::kZero);
  const Tensor y = ops.summarise_time(x, block);
  note(std::string(choice_name(branch.time_summary)) + " over time", y);
  return y;
}

Tensor Recorder::dropout(Tensor x, std::uint32_t layer) {
  return branch.dropout > 0 ? ops.dropout(x, static_cast<float>(branch.dropout), first_mask + layer) : x;
}

Tensor Recorder::linear(Tensor x, int units, const std::string& id, const std::string& said) {
  DenseBlock block;
  block.units = units;
  block.hidden = false;
  block.weight = network.layout.add(prefix + id + "/weight", {units, x.channels * x.height * x.width},
                                    ParameterKind::kWeight, InitialValue::kOutput);
  block.bias =
      network.layout.add(prefix + id + "/bias", {units}, ParameterKind::kVector, InitialValue::kZero);
  const Tensor y = ops.dense_block(x, block);
  note(said, y);
  return y;
}

Tensor Recorder::output(Tensor x, int classes) { return linear(x, classes, "output", "logits"); }

}  // namespace genretrack
