// The second seam: the operations of a network, coarse enough that a library can fuse inside each and that a
// virtual call costs nothing. A network is recorded once: each operation below names its input and answers
// with its output. prepare() then plans everything and takes all memory; the steps behind it allocate
// nothing. Tensors are opaque; only the transfers at the end of the class are plain.
//
// Letters: N batch, C channels, H height (frequency), W width (time). Plain data are float32, row-major
// (N, C, H, W). One-dimensional networks have H = 1; dense ones C x H x W features.
#pragma once

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
};

// Convolution without bias, stride 1, zero padding that keeps H and W; batch norm; ReLU; max pooling with
// stride = window, rest dropped.
struct ConvolutionBlock {
  int out_channels = 0;
  int kernel_height = 3, kernel_width = 3;  // odd
  int pool_height = 2, pool_width = 2;      // 1 or 2, never larger than the map
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

// Features of every clip of a part, resident where the network runs: (clips, rows, frames) float32, raw;
// gather() standardises each row on the way: (x - mean[row]) * scale[row].
struct FeatureSource {
  std::span<const float> features;  // must outlive the network; a device copies it once
  int rows = 0, frames = 0;
  std::vector<float> mean, scale;  // (rows)
};
struct Crop {
  std::int32_t clip = 0;   // of the source
  std::int32_t start = 0;  // first frame; start + W <= frames
};

enum class Mode { kTraining, kEvaluation };  // batch statistics and dropout, or running statistics and none
enum class Buffer { kParameters, kGradients, kFirstMoments, kSecondMoments };

// AdamW (Loshchilov and Hutter 2019), decoupled decay: w -= lr * decay * w on kWeight slots.
struct AdamW {
  double learning_rate = 1e-3, weight_decay = 1e-2, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
  std::int64_t step = 1;  // of this update, from 1: bias correction
};

class NetworkOps {
 public:
  virtual ~NetworkOps() = default;

  // --- Recording. The batch size is the network's, given when the backend makes it.
  virtual Tensor input(int channels, int height, int width) = 0;
  virtual Tensor convolution_block(Tensor x, const ConvolutionBlock& block) = 0;
  virtual Tensor dense_block(Tensor x, const DenseBlock& block) = 0;
  virtual Tensor mean_over_positions(Tensor x) = 0;  // (C, H, W) -> (C, 1, 1)
  // Inverted dropout: element i of the plain (N, C, H, W) order is kept where
  // uniform_float(philox(seed, kDropout, step, (layer << 40) | (i / 4))[i % 4]) >= rate, and divided by 1 -
  // rate.
  virtual Tensor dropout(Tensor x, float rate, std::uint32_t layer) = 0;
  virtual void softmax_cross_entropy(Tensor logits) = 0;  // the network's end, once; mean over the batch
  virtual void prepare(std::span<const ParameterSlot> layout) = 0;

  // --- Steps
  virtual void forward(Mode mode, std::uint64_t seed, std::uint64_t step) = 0;
  virtual void backward() = 0;  // of the last training forward: overwrites the gradients
  virtual void update(const AdamW& adamw) = 0;
  virtual double loss() = 0;  // of the last forward, against the targets that were set

  // --- Plain transfers
  virtual void upload(Buffer which, std::span<const float> plain) = 0;
  virtual void download(Buffer which, std::span<float> plain) = 0;
  virtual void set_features(Tensor input, FeatureSource source) = 0;
  virtual void gather(Tensor input, std::span<const Crop> crops) = 0;      // N crops from the set features
  virtual void set_input(Tensor input, std::span<const float> plain) = 0;  // (N, C, H, W), instead of gather
  virtual void set_targets(std::span<const float> plain) = 0;              // (N, classes), rows sum to 1
  virtual void logits(std::span<float> plain) = 0;                         // (N, classes) of the last forward

  // One line per recorded operation with the implementation that was chosen, for environment.json and tests.
  virtual std::vector<std::string> implementations() const = 0;
};

}  // namespace genretrack
