#include "cuda/nn/recorder.h"

#include <utility>

#include "host/core/error.h"

namespace genretrack::cuda {

void Recorder::fail(const std::string& message) { throw Error(ErrorKind::kFailure, message); }

Tensor Recorder::make_tensor(int channels, int height, int width) {
  if (ended_) fail("operations are recorded before prepare()");
  const Tensor tensor = {static_cast<int>(tensors_.size()), channels, height, width};
  tensors_.push_back(tensor);
  used_.push_back(false);
  inputs_.push_back(false);
  return tensor;
}

void Recorder::check(Tensor x) const {
  if (x.id < 0 || static_cast<std::size_t>(x.id) >= tensors_.size()) fail("a tensor of another network");
  if (used_[static_cast<std::size_t>(x.id)])
    fail("a tensor is the input of one operation only: fork() makes two of one");
}

void Recorder::use(Tensor x) {
  check(x);
  used_[static_cast<std::size_t>(x.id)] = true;
}

bool Recorder::is_input(Tensor x) const {
  return x.id >= 0 && static_cast<std::size_t>(x.id) < inputs_.size() &&
         inputs_[static_cast<std::size_t>(x.id)];
}

Tensor Recorder::record(std::vector<Tensor> from, Tensor to, decltype(Record::what) what, const char* name) {
  Record record{std::move(what), {}, {to.id}, name};
  for (const Tensor& x : from) {
    use(x);
    record.from.push_back(x.id);
  }
  records_.push_back(std::move(record));
  return to;
}

Tensor Recorder::input(int channels, int height, int width) {
  if (channels < 1 || height < 1 || width < 1) fail("an input needs at least one value");
  const Tensor x = make_tensor(channels, height, width);
  inputs_[static_cast<std::size_t>(x.id)] = true;
  return x;
}

void Recorder::check_pool(Tensor x, int pool_height, int pool_width) {
  if (pool_height < 1 || pool_height > 2 || pool_width < 1 || pool_width > 2 || pool_height > x.height ||
      pool_width > x.width)
    fail("a pooling window is 1 or 2 wide and never larger than the map");
}

Tensor Recorder::convolution_block(Tensor x, const ConvolutionBlock& b) {
  check(x);
  if (b.out_channels < 1 || b.kernel_height < 1 || b.kernel_height % 2 == 0 || b.kernel_width < 1 ||
      b.kernel_width % 2 == 0)
    fail("a convolution needs channels and an odd kernel");
  check_pool(x, b.pool_height, b.pool_width);
  if (!b.relu && b.pool_height * b.pool_width > 1) fail("a block without ReLU does not pool");
  return record({x}, make_tensor(b.out_channels, x.height / b.pool_height, x.width / b.pool_width), b,
                "convolution_block");
}

Tensor Recorder::dense_block(Tensor x, const DenseBlock& b) {
  check(x);
  if (b.units < 1) fail("a dense layer needs at least one unit");
  return record({x}, make_tensor(b.units, 1, 1), b, "dense_block");
}

Tensor Recorder::mean_over_positions(Tensor x) {
  check(x);
  return record({x}, make_tensor(x.channels, 1, 1), MeanRecord{false}, "mean_over_positions");
}

Tensor Recorder::mean_over_height(Tensor x) {
  check(x);
  return record({x}, make_tensor(x.channels, 1, x.width), MeanRecord{true}, "mean_over_height");
}

Tensor Recorder::fold_height(Tensor x) {
  check(x);
  return record({x}, make_tensor(x.channels * x.height, 1, x.width), FoldRecord{}, "fold_height");
}

Tensor Recorder::recurrent_layer(Tensor x, const RecurrentLayer& layer) {
  check(x);
  if (x.height != 1) fail("a recurrent layer reads features at frames: a map of one row");
  if (layer.hidden < 1) fail("a recurrent layer needs at least one unit");
  if (layer.directions < 1 || layer.directions > 2) fail("a recurrent layer has one direction or two");
  return record({x}, make_tensor(layer.hidden * layer.directions, 1, x.width), layer, "recurrent_layer");
}

Tensor Recorder::summarise_time(Tensor x, const TimeSummaryBlock& b) {
  check(x);
  if (x.height != 1) fail("a summary over time reads a map of one row");
  if (b.directions < 1 || b.directions > 2 || x.channels % b.directions != 0)
    fail("a summary of one direction or two, which share the channels");
  const int channels = b.summary == TimeSummary::kBoth ? 2 * x.channels : x.channels;
  return record({x}, make_tensor(channels, 1, 1), b, "summarise_time");
}

std::array<Tensor, 2> Recorder::fork(Tensor x) {
  check(x);
  const Tensor first = make_tensor(x.channels, x.height, x.width),
               second = make_tensor(x.channels, x.height, x.width);
  record({x}, first, ForkRecord{}, "fork");
  records_.back().to.push_back(second.id);
  return {first, second};
}

Tensor Recorder::concatenate(std::span<const Tensor> parts) {
  if (parts.empty()) fail("nothing to concatenate");
  int channels = 0;
  for (const Tensor& part : parts) {
    check(part);
    if (part.height != parts[0].height || part.width != parts[0].width)
      fail("parts of different height or width cannot be concatenated");
    channels += part.channels;
  }
  return record({parts.begin(), parts.end()}, make_tensor(channels, parts[0].height, parts[0].width),
                ConcatenateRecord{}, "concatenate");
}

Tensor Recorder::add_relu_pool(Tensor a, Tensor b, int pool_height, int pool_width) {
  check(a);
  check(b);
  if (a.channels != b.channels || a.height != b.height || a.width != b.width)
    fail("tensors of different shapes cannot be added");
  check_pool(a, pool_height, pool_width);
  return record({a, b}, make_tensor(a.channels, a.height / pool_height, a.width / pool_width),
                AddReluPoolRecord{pool_height, pool_width}, "add_relu_pool");
}

Tensor Recorder::gated_sum(Tensor logits, std::span<const Tensor> parts) {
  check(logits);
  if (parts.empty() || static_cast<std::size_t>(logits.channels) != parts.size() || logits.height != 1 ||
      logits.width != 1)
    fail("a gate needs one logit per part");
  std::vector<Tensor> from = {logits};
  for (const Tensor& part : parts) {
    check(part);
    if (part.channels != parts[0].channels || part.height != 1 || part.width != 1)
      fail("gated parts are vectors of one size");
    from.push_back(part);
  }
  return record(std::move(from), make_tensor(parts[0].channels, 1, 1), GatedSumRecord{}, "gated_sum");
}

Tensor Recorder::dropout(Tensor x, float rate, std::uint32_t layer) {
  check(x);
  if (!(rate >= 0 && rate < 1)) fail("a dropout rate lies in [0, 1)");
  return record({x}, make_tensor(x.channels, x.height, x.width), DropoutRecord{rate, layer}, "dropout");
}

void Recorder::softmax_cross_entropy(Tensor logits) {
  check(logits);
  if (logits_ >= 0) fail("a network has one loss");
  use(logits);
  logits_ = logits.id;
}

}  // namespace genretrack::cuda
