#include "host/nn/networks.h"

#include <algorithm>
#include <array>

#include "host/core/error.h"
#include "host/spec/choices.h"

namespace genretrack {
namespace {

// Sizes are products of a spec's numbers, each allowed alone; together they must still be a network that a
// machine can hold, and int must hold its shapes.
constexpr double kMostValues = 1 << 30;

void check_size(const std::string& layer, double values) {
  if (values > kMostValues)
    throw Error(ErrorKind::kSpec, layer + " would have " + std::to_string(static_cast<long long>(values)) +
                                      " values; shorter segments or fewer channels or units need less");
}

// What the families share while they record.
struct Recorder {
  NetworkOps& ops;
  const BranchSpec& branch;
  BranchNetwork network;

  void note(const std::string& what, const Tensor& t) {
    network.layers.push_back(what + ": " + std::to_string(t.channels) + " x " + std::to_string(t.height) +
                             " x " + std::to_string(t.width));
  }
  Tensor input(int channels, int height, int width) {
    check_size("the input", static_cast<double>(channels) * height * width);
    network.input = ops.input(channels, height, width);
    note("input", network.input);
    return network.input;
  }
  // Pooling halves a side until it is one, so that a branch can be deeper than its picture is high.
  Tensor convolution(Tensor x, int out, int kernel_height, int kernel_width, int index) {
    const std::string id = "block" + std::to_string(index);
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
  Tensor hidden(Tensor x, int units, int index) {
    const std::string id = "dense" + std::to_string(index);
    check_size(id, static_cast<double>(units) * x.channels * x.height * x.width);
    DenseBlock block;
    block.units = units;
    block.weight = network.layout.add(id + "/weight", {units, x.channels * x.height * x.width},
                                      ParameterKind::kWeight, InitialValue::kHidden);
    block.norm = network.layout.add_batch_norm(id + "/norm", units);
    const Tensor y = ops.dense_block(x, block);
    note("dense " + std::to_string(index), y);
    return y;
  }
  Tensor dropout(Tensor x, std::uint32_t layer) {
    return branch.dropout > 0 ? ops.dropout(x, static_cast<float>(branch.dropout), layer) : x;
  }
  void output(Tensor x, int classes) {
    DenseBlock block;
    block.units = classes;
    block.hidden = false;
    block.weight = network.layout.add("output/weight", {classes, x.channels * x.height * x.width},
                                      ParameterKind::kWeight, InitialValue::kOutput);
    block.bias = network.layout.add("output/bias", {classes}, ParameterKind::kVector, InitialValue::kZero);
    const Tensor logits = ops.dense_block(x, block);
    note("logits", logits);
    ops.softmax_cross_entropy(logits);
  }
};

void record_cnn(Recorder& r, const BranchShape& shape, bool two_dimensional) {
  // One picture with rows as height, or rows as the channels of a one-dimensional signal.
  Tensor x = two_dimensional ? r.input(1, shape.rows, shape.frames) : r.input(shape.rows, 1, shape.frames);
  const int kernel = r.branch.kernel_size;
  int index = 0;
  for (const int out : r.branch.channels)
    x = r.convolution(x, out, two_dimensional ? kernel : 1, kernel, ++index);
  r.output(r.dropout(r.ops.mean_over_positions(x), 0), shape.classes);
}

void record_cnn1d(Recorder& r, const BranchShape& shape) { record_cnn(r, shape, false); }
void record_cnn2d(Recorder& r, const BranchShape& shape) { record_cnn(r, shape, true); }

void record_dense(Recorder& r, const BranchShape& shape) {
  Tensor x = r.input(1, shape.rows, shape.frames);
  std::uint32_t index = 0;
  for (const int units : r.branch.units) {
    x = r.hidden(x, units, static_cast<int>(index) + 1);
    x = r.dropout(x, index++);
  }
  r.output(x, shape.classes);
}

using Record = void (*)(Recorder&, const BranchShape&);
struct Family {
  Architecture architecture;
  Record record;
};
constexpr std::array kFamilies = {
    Family{Architecture::kDense, record_dense},
    Family{Architecture::kCnn1d, record_cnn1d},
    Family{Architecture::kCnn2d, record_cnn2d},
};

}  // namespace

BranchNetwork record_branch(NetworkOps& ops, const BranchSpec& branch, const BranchShape& shape) {
  const auto family = std::find_if(kFamilies.begin(), kFamilies.end(),
                                   [&](const Family& f) { return f.architecture == branch.architecture; });
  if (family == kFamilies.end())
    throw Error(ErrorKind::kUnsupported, "architecture " + std::string(choice_name(branch.architecture)) +
                                             ": this version builds dense, cnn1d and cnn2d");
  Recorder recorder{ops, branch, {}};
  family->record(recorder, shape);
  return std::move(recorder.network);
}

std::string describe(const BranchSpec& branch) {
  std::string text(choice_name(branch.architecture));
  const char* separator = " ";
  for (const int size : branch.architecture == Architecture::kDense ? branch.units : branch.channels) {
    text += separator + std::to_string(size);
    separator = "-";
  }
  return text + " on " + std::string(name(branch.input));
}

std::string describe(const ModelSpec& model) {
  std::string text = model.fusion == Fusion::kNone ? "" : std::string(choice_name(model.fusion)) + ": ";
  for (std::size_t b = 0; b < model.branches.size(); ++b)
    text += (b ? " + " : "") + describe(model.branches[b]);
  return text;
}

}  // namespace genretrack
