#include "host/nn/recorder.h"

#include <algorithm>

#include "host/core/error.h"

namespace genretrack {
namespace {

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

Tensor Recorder::convolution(Tensor x, int out, int kernel_height, int kernel_width, int index) {
  const std::string id = prefix + "block" + std::to_string(index);
  ConvolutionBlock block;
  block.out_channels = out;
  block.kernel_height = kernel_height;
  block.kernel_width = kernel_width;
  block.pool_height = std::min(2, x.height);
  block.pool_width = std::min(2, x.width);
  block.weight = network.layout.add(id + "/weight", {out, x.channels, kernel_height, kernel_width},
                                    ParameterKind::kWeight, InitialValue::kHidden);
  block.norm = network.layout.add_batch_norm(id + "/norm", out);
  check_size(id, static_cast<double>(out) * x.height * x.width);
  const Tensor y = ops.convolution_block(x, block);
  note("block " + std::to_string(index), y);
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

Tensor Recorder::dropout(Tensor x, std::uint32_t layer) {
  return branch.dropout > 0 ? ops.dropout(x, static_cast<float>(branch.dropout), first_mask + layer) : x;
}

Tensor Recorder::output(Tensor x, int classes) {
  DenseBlock block;
  block.units = classes;
  block.hidden = false;
  block.weight = network.layout.add("output/weight", {classes, x.channels * x.height * x.width},
                                    ParameterKind::kWeight, InitialValue::kOutput);
  block.bias = network.layout.add("output/bias", {classes}, ParameterKind::kVector, InitialValue::kZero);
  const Tensor logits = ops.dense_block(x, block);
  note("logits", logits);
  return logits;
}

}  // namespace genretrack
