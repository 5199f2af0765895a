// The second seam: the operations of a network, coarse enough that a library can fuse inside each and that a
// virtual call costs nothing. A network is recorded once: each operation below names its input and answers
// with its output. prepare() then plans everything and takes all memory; the steps behind it allocate
// nothing. Tensors are opaque; only the transfers at the end of the class are plain.
//
// Letters: N batch, C channels, H height (frequency), W width (time). Plain data are float32, row-major
// (N, C, H, W). One-dimensional networks have H = 1; dense ones C x H x W features.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace genretrack {

// What the plain parameter vector holds at an offset. We own this layout; a backend packs it as it likes.
enum class ParameterKind {
  kWeight,     // trained, with weight decay
  kVector,     // trained, without weight decay: biases, scales and shifts
  kStatistic,  // running mean and variance: written by training passes, not by the optimizer
};
struct ParameterSlot {
  std::string name;        // "spectrogram/conv1/weight"
  std::vector<int> shape;  // row-major
  std::size_t offset = 0;  // floats from the start of the plain vector
  ParameterKind kind = ParameterKind::kWeight;
  bool frozen = false;  // update() leaves it as it is; its gradient may stay zero
  std::size_t count() const;
};

struct Tensor {
  int id = -1;
  int channels = 0, height = 0, width = 0;  // without the batch
};

// Batch normalisation (Ioffe and Szegedy 2015), PyTorch's conventions: epsilon 1e-5, running = 0.9 running +
// 0.1 batch, the running variance from the unbiased batch variance. Offsets into the plain vector, (C) each.
struct BatchNorm {
  std::size_t scale = 0, shift = 0, running_mean = 0, running_variance = 0;
  bool frozen = false;  // running statistics in training, too, and they do not move
};

// Convolution without bias, stride 1, zero padding that keeps H and W; batch norm; ReLU; max pooling with
// stride = window, rest dropped.
struct ConvolutionBlock {
  int out_channels = 0;
  int kernel_height = 3, kernel_width = 3;  // odd
  int pool_height = 2, pool_width = 2;      // 1 or 2, never larger than the map
  bool relu = true;                         // false: the norm's result as it is; then pool is 1 x 1
  std::size_t weight = 0;                   // (out, in, kernel_height, kernel_width)
  BatchNorm norm;
};

// y = x W^T + b over all C x H x W features; then batch norm and ReLU for a hidden layer.
struct DenseBlock {
  int units = 0;
  bool hidden = true;      // false: the last layer, logits
  std::size_t weight = 0;  // (units, C * H * W)
  std::size_t bias = 0;    // (units), used where hidden is false; batch norm's shift stands for it elsewhere
  BatchNorm norm;          // used where hidden is true
};

// A recurrent layer over time, PyTorch's equations: zero initial state; gates in the order i f g o (LSTM,
// Hochreiter and Schmidhuber 1997) or r z n (GRU, Cho et al. 2014, the reset behind the recurrent product);
// kRnn is Elman's with tanh. Input (C, 1, W): C features at each of W frames. Output (hidden * directions, 1,
// W): the forward direction's channels, then those of the direction that starts at the last frame.
enum class Cell { kRnn, kLstm, kGru };
constexpr int gates_of(Cell cell) { return cell == Cell::kRnn ? 1 : cell == Cell::kLstm ? 4 : 3; }
struct RecurrentLayer {
  // Offsets into the plain vector; G is gates_of(cell).
  struct Direction {
    std::size_t input_weight = 0;      // (G * hidden, C)
    std::size_t recurrent_weight = 0;  // (G * hidden, hidden)
    // A kVector (G * hidden), for GRU (4 * hidden): r z n of the input, then n of the recurrent.
    std::size_t bias = 0;
  };
  Cell cell = Cell::kLstm;
  int hidden = 0;
  int directions = 1;  // 1 or 2
  Direction direction[2];
};

// How a map over time (C, 1, W) becomes one vector per clip.
enum class TimeSummary {
  kMean,       // (C, 1, 1)
  kMax,        // (C, 1, 1)
  kBoth,       // (2C, 1, 1): means, then maxima
  kLast,       // (C, 1, 1): each direction's own last state: the second half of the channels at frame 0 where
               // there are two directions
  kAttention,  // (C, 1, 1): sum over t of a_t x_t, a = softmax over t of query . x_t
};
struct TimeSummaryBlock {
  TimeSummary summary = TimeSummary::kMean;
  int directions = 1;     // kLast
  std::size_t query = 0;  // kAttention: (C), a kWeight
};

// Features of every clip of a part, resident where the network runs: (clips, rows, frames) float32, raw;
// gather() standardises each row on the way: (x - mean[row]) * scale[row].
struct FeatureSource {
  std::span<const float> features;  // must outlive the network; a device copies it once
  int rows = 0, frames = 0;
  std::vector<float> mean, scale;  // (rows)
};
struct Crop {
  std::int32_t clip = 0;   // of the source
  std::int32_t start = 0;  // first frame; start + (W - 1) * stretch <= frames - 1
  // Changes of training segments, in this order; as they stand here, none. Their law of one element is in
  // augment.h.
  float stretch = 1;  // 1/16 to 16; frame j comes from start + j * stretch, linearly between neighbours
  float gain = 0;     // added to every raw value: decibels, where the features are
  float noise = 0;    // standard deviation of what is added to each raw value, Philox normals
  std::uint64_t noise_seed = 0, noise_stream = 0;
  std::int32_t time_mask_start[2] = {}, time_mask_frames[2] = {};  // masked values are the row's mean
  std::int32_t row_mask_start[2] = {}, row_mask_rows[2] = {};
  std::int32_t partner = -1;  // mixup: index of another crop of this batch, as it is before its own mixing
  float keep = 1;             // keep * this + (1 - keep) * partner
};

enum class Mode { kTraining, kEvaluation };  // batch statistics and dropout, or running statistics and none
enum class Buffer { kParameters, kGradients, kFirstMoments, kSecondMoments, kAverage };

// One update of everything that is trained and not frozen. Before it, gradients are scaled so that their
// norm over all trained slots is at most max_gradient_norm (0: any norm); after it, where average_keep > 0,
// average = average_keep * average + (1 - average_keep) * w, of statistics too.
enum class Optimizer {
  kAdamW,  // Loshchilov and Hutter 2019, decoupled decay: w -= lr * decay * w on kWeight slots
  kSgd,    // PyTorch's: g += decay * w on kWeight slots; v = momentum * v + g; w -= lr * v. v: kFirstMoments
};
struct Update {
  Optimizer optimizer = Optimizer::kAdamW;
  double learning_rate = 1e-3, weight_decay = 1e-2;
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;  // kAdamW
  double momentum = 0.9;                              // kSgd
  double max_gradient_norm = 0, average_keep = 0;
  std::int64_t step = 1;  // of this update, from 1: bias correction
};

// Number type of the arithmetic; parameters, moments and statistics are always float32.
enum class Precision { kFloat32, kTf32, kBfloat16, kFloat16 };
struct NetworkOptions {
  int batch = 1;
  int threads = 1;  // cores of one step; the CPU's
  Precision precision = Precision::kFloat32;
  bool deterministic = true;  // the same seed and device give the same bits
};

class NetworkOps {
 public:
  virtual ~NetworkOps() = default;

  // --- Recording. The batch size is the network's, given when the backend makes it.
  virtual Tensor input(int channels, int height, int width) = 0;
  virtual Tensor convolution_block(Tensor x, const ConvolutionBlock& block) = 0;
  virtual Tensor dense_block(Tensor x, const DenseBlock& block) = 0;
  virtual Tensor mean_over_positions(Tensor x) = 0;  // (C, H, W) -> (C, 1, 1)
  virtual Tensor recurrent_layer(Tensor x, const RecurrentLayer& layer) = 0;
  virtual Tensor summarise_time(Tensor x, const TimeSummaryBlock& block) = 0;
  virtual Tensor mean_over_height(Tensor x) = 0;  // (C, H, W) -> (C, 1, W)
  virtual Tensor fold_height(Tensor x) = 0;  // (C, H, W) -> (C * H, 1, W), row h of channel c at c * H + h
  // A tensor is the input of one operation. fork() makes two of one: the same values, gradients added.
  virtual std::array<Tensor, 2> fork(Tensor x) = 0;
  // Channels one behind the other; equal H and W.
  virtual Tensor concatenate(std::span<const Tensor> parts) = 0;
  // relu(a + b), then max pooling as in a convolution block: the end of a residual block (He et al. 2016).
  virtual Tensor add_relu_pool(Tensor a, Tensor b, int pool_height, int pool_width) = 0;
  // sum over k of softmax(logits)[k] * parts[k]: K parts of one shape (C, 1, 1), logits (K, 1, 1).
  virtual Tensor gated_sum(Tensor logits, std::span<const Tensor> parts) = 0;
  // Inverted dropout: element i of the plain (N, C, H, W) order is kept where
  // uniform_float(philox(seed, kDropout, step, (layer << 40) | (i / 4))[i % 4]) >= rate, and divided by 1 -
  // rate.
  virtual Tensor dropout(Tensor x, float rate, std::uint32_t layer) = 0;
  virtual void softmax_cross_entropy(Tensor logits) = 0;  // the network's end, once; mean over the batch
  virtual void prepare(std::span<const ParameterSlot> layout) = 0;

  // --- Steps
  virtual void forward(Mode mode, std::uint64_t seed, std::uint64_t step) = 0;
  virtual void backward() = 0;  // of the last training forward: overwrites the gradients
  virtual void update(const Update& update) = 0;
  virtual double loss() = 0;  // of the last forward, against the targets that were set

  // --- Plain transfers
  virtual void upload(Buffer which, std::span<const float> plain) = 0;
  virtual void download(Buffer which, std::span<float> plain) = 0;
  virtual void set_features(Tensor input, FeatureSource source) = 0;
  virtual void gather(Tensor input, std::span<const Crop> crops) = 0;      // N crops from the set features
  virtual void set_input(Tensor input, std::span<const float> plain) = 0;  // (N, C, H, W), instead of gather
  // (N, classes), nothing below 0. A row's sum is its weight in the loss, a sum over the batch divided by N.
  virtual void set_targets(std::span<const float> plain) = 0;
  virtual void logits(std::span<float> plain) = 0;  // (N, classes) of the last forward

  // One line per recorded operation with the implementation that was chosen, for environment.json and tests.
  virtual std::vector<std::string> implementations() const = 0;
};

}  // namespace genretrack
