#include "host/nn/networks.h"

#include <gtest/gtest.h>

#include "host/core/error.h"

namespace genretrack {
namespace {

// Notes what is recorded and follows the shapes as the contract of NetworkOps says.
class RecordingOps : public NetworkOps {
 public:
  std::vector<std::string> calls;
  Tensor input(int channels, int height, int width) override {
    return made("input", channels, height, width);
  }
  Tensor convolution_block(Tensor x, const ConvolutionBlock& b) override {
    EXPECT_LE(b.pool_height, x.height);
    EXPECT_LE(b.pool_width, x.width);
    last_kernel = {b.kernel_height, b.kernel_width};
    return made("convolution", b.out_channels, x.height / b.pool_height, x.width / b.pool_width);
  }
  Tensor dense_block(Tensor, const DenseBlock& b) override {
    return made(b.hidden ? "hidden" : "logits", b.units, 1, 1);
  }
  Tensor mean_over_positions(Tensor x) override { return made("mean", x.channels, 1, 1); }
  Tensor dropout(Tensor x, float rate, std::uint32_t layer) override {
    dropouts.emplace_back(rate, layer);
    return made("dropout", x.channels, x.height, x.width);
  }
  Tensor recurrent_layer(Tensor x, const RecurrentLayer& l) override {
    return made("recurrent", l.hidden * l.directions, 1, x.width);
  }
  Tensor summarise_time(Tensor x, const TimeSummaryBlock& b) override {
    return made("summary", x.channels * (b.summary == TimeSummary::kBoth ? 2 : 1), 1, 1);
  }
  Tensor mean_over_height(Tensor x) override { return made("mean over height", x.channels, 1, x.width); }
  Tensor fold_height(Tensor x) override { return made("fold", x.channels * x.height, 1, x.width); }
  std::array<Tensor, 2> fork(Tensor x) override {
    const Tensor first = made("fork", x.channels, x.height, x.width);
    return {first, made("fork", x.channels, x.height, x.width)};
  }
  Tensor concatenate(std::span<const Tensor> parts) override {
    int channels = 0;
    for (const Tensor& part : parts) channels += part.channels;
    return made("concatenate", channels, parts[0].height, parts[0].width);
  }
  Tensor add_relu_pool(Tensor a, Tensor, int pool_height, int pool_width) override {
    return made("residual", a.channels, a.height / pool_height, a.width / pool_width);
  }
  Tensor gated_sum(Tensor, std::span<const Tensor> parts) override {
    return made("gate", parts[0].channels, 1, 1);
  }
  void softmax_cross_entropy(Tensor) override { calls.emplace_back("loss"); }
  void prepare(std::span<const ParameterSlot>) override {}
  void forward(Mode, std::uint64_t, std::uint64_t) override {}
  void backward() override {}
  void update(const Update&) override {}
  double loss() override { return 0; }
  void upload(Buffer, std::span<const float>) override {}
  void download(Buffer, std::span<float>) override {}
  void set_features(Tensor, FeatureSource) override {}
  void gather(Tensor, std::span<const Crop>) override {}
  void set_input(Tensor, std::span<const float>) override {}
  void set_targets(std::span<const float>) override {}
  void logits(std::span<float>) override {}
  std::vector<std::string> implementations() const override { return {}; }

  std::pair<int, int> last_kernel;
  std::vector<std::pair<float, std::uint32_t>> dropouts;

 private:
  Tensor made(const std::string& what, int channels, int height, int width) {
    calls.push_back(what + " " + std::to_string(channels) + "x" + std::to_string(height) + "x" +
                    std::to_string(width));
    return {static_cast<int>(calls.size()), channels, height, width};
  }
};

using Calls = std::vector<std::string>;

BranchSpec branch(Architecture architecture, Transform input, std::vector<int> sizes) {
  BranchSpec spec;
  spec.architecture = architecture;
  spec.input = input;
  (architecture == Architecture::kDense ? spec.units : spec.channels) = std::move(sizes);
  return spec;
}

ModelSpec alone(BranchSpec spec) {
  ModelSpec model;
  model.branches = {std::move(spec)};
  return model;
}

TEST(Networks, Cnn2dSeesOnePicture) {
  RecordingOps ops;
  const auto spec = branch(Architecture::kCnn2d, Transform::kSpectrogram, {24, 48});
  const Network network = record_network(ops, alone(spec), {{128}, 130, 10});
  EXPECT_EQ(ops.calls, (Calls{"input 1x128x130", "convolution 24x64x65", "convolution 48x32x32",
                              "mean 48x1x1", "dropout 48x1x1", "logits 10x1x1", "loss"}));
  EXPECT_EQ(ops.last_kernel, (std::pair{3, 3}));
  EXPECT_EQ(network.layout.trained_count(), 24u * 9 + 48 + 48u * 24 * 9 + 96 + 48u * 10 + 10);
  EXPECT_EQ(describe(spec), "cnn2d 24-48 on spectrogram");
}

TEST(Networks, EndsAtTheEmbeddingWhereThatIsAskedFor) {
  RecordingOps ops;
  const auto spec = branch(Architecture::kCnn2d, Transform::kSpectrogram, {24});
  const Network network = record_network(ops, alone(spec), {{128}, 130, 10}, Part::kEmbedding);
  EXPECT_EQ(ops.calls,
            (Calls{"input 1x128x130", "convolution 24x64x65", "mean 24x1x1", "dropout 24x1x1", "loss"}));
  EXPECT_EQ(network.layout.slots().back().name, "block1/norm/running_variance");
}

TEST(Networks, Cnn1dTakesRowsAsChannels) {
  RecordingOps ops;
  auto spec = branch(Architecture::kCnn1d, Transform::kMfcc, {64});
  spec.kernel_size = {5, 5};
  spec.dropout = 0;
  record_network(ops, alone(spec), {{20}, 130, 4});
  EXPECT_EQ(ops.calls,
            (Calls{"input 20x1x130", "convolution 64x1x65", "mean 64x1x1", "logits 4x1x1", "loss"}));
  EXPECT_EQ(ops.last_kernel, (std::pair{1, 5}));
}

TEST(Networks, PoolingStopsWhereASideIsOne) {
  RecordingOps ops;
  record_network(ops, alone(branch(Architecture::kCnn2d, Transform::kChromagram, {8, 8, 8, 8, 8})),
                 {{12}, 3, 4});
  EXPECT_EQ(ops.calls[5], "convolution 8x1x1");
}

TEST(Networks, DenseDropsOutBehindEveryHiddenLayerWithItsOwnMask) {
  RecordingOps ops;
  record_network(ops, alone(branch(Architecture::kDense, Transform::kMfcc, {32, 16})), {{20}, 10, 3});
  EXPECT_EQ(ops.calls, (Calls{"input 1x20x10", "hidden 32x1x1", "dropout 32x1x1", "hidden 16x1x1",
                              "dropout 16x1x1", "logits 3x1x1", "loss"}));
  ASSERT_EQ(ops.dropouts.size(), 2u);
  EXPECT_NE(ops.dropouts[0].second, ops.dropouts[1].second);
}

TEST(Networks, RecurrentLayersTakeRowsAsFeaturesOfEachFrame) {
  RecordingOps ops;
  auto spec = branch(Architecture::kLstm, Transform::kMfcc, {});
  spec.hidden = 32;
  spec.bidirectional = true;
  spec.time_summary = ClipSummary::kBoth;
  const Network network = record_network(ops, alone(spec), {{20}, 130, 4});
  EXPECT_EQ(ops.calls,
            (Calls{"input 20x1x130", "recurrent 64x1x130", "dropout 64x1x130", "recurrent 64x1x130",
                   "summary 128x1x1", "dropout 128x1x1", "logits 4x1x1", "loss"}));
  EXPECT_NE(ops.dropouts[0].second, ops.dropouts[1].second);
  const std::size_t first = 2 * (128u * 20 + 128 * 32 + 128), second = 2 * (128u * 64 + 128 * 32 + 128);
  EXPECT_EQ(network.layout.trained_count(), first + second + 4 * 128 + 4);
  EXPECT_EQ(describe(spec), "lstm 2 x 32 in both directions on mfcc");
}

TEST(Networks, AGruHasAFourthBiasAndAnLstmRemembers) {
  for (const auto architecture : {Architecture::kRnn, Architecture::kLstm, Architecture::kGru}) {
    RecordingOps ops;
    auto spec = branch(architecture, Transform::kMfcc, {});
    spec.hidden = 8, spec.layers = 1;
    const Network network = record_network(ops, alone(spec), {{20}, 30, 4});
    const ParameterSlot& weight = network.layout.slots()[1];
    const ParameterSlot& bias = network.layout.slots()[2];
    EXPECT_EQ(bias.name, "recurrent1/forward/bias");
    EXPECT_EQ(bias.shape, (std::vector{architecture == Architecture::kRnn ? 8 : 32}));
    const std::vector<float> values = network.layout.initial_values(3);
    const auto at = [&](const ParameterSlot& slot, std::size_t i) { return values[slot.offset + i]; };
    for (std::size_t i = 0; i < bias.count(); ++i)
      EXPECT_EQ(at(bias, i), architecture == Architecture::kLstm && i >= 8 && i < 16 ? 1.0f : 0.0f);
    for (std::size_t row = 0; row < weight.count() / 8; ++row)
      for (std::size_t other = row / 8 * 8; other <= row; ++other) {
        double product = 0;
        for (std::size_t i = 0; i < 8; ++i)
          product += double(at(weight, row * 8 + i)) * at(weight, other * 8 + i);
        EXPECT_NEAR(product, row == other ? 1 : 0, 1e-6);
      }
  }
}

TEST(Networks, ACrnnFoldsItsRowsAndKeepsTime) {
  RecordingOps ops;
  auto spec = branch(Architecture::kCrnn, Transform::kSpectrogram, {8, 16, 24});
  spec.layers = 1;
  spec.time_summary = ClipSummary::kLast;
  record_network(ops, alone(spec), {{128}, 130, 4});
  EXPECT_EQ(ops.calls, (Calls{"input 1x128x130", "convolution 8x64x65", "convolution 16x32x32",
                              "convolution 24x16x32", "fold 384x1x32", "recurrent 128x1x32",
                              "summary 128x1x1", "dropout 128x1x1", "logits 4x1x1", "loss"}));
  EXPECT_EQ(describe(spec), "crnn 8-16-24 + gru 1 x 128 on spectrogram");
}

TEST(Networks, KernelsPoolingAndSummaryAreTheSpecs) {
  RecordingOps ops;
  auto spec = branch(Architecture::kCnn2d, Transform::kSpectrogram, {8, 16});
  spec.kernel_size = {5, 7};
  spec.pooling = {{1, 2}, {2, 1}};
  spec.time_summary = ClipSummary::kAttention;
  const Network network = record_network(ops, alone(spec), {{20}, 31, 4});
  EXPECT_EQ(ops.calls,
            (Calls{"input 1x20x31", "convolution 8x20x15", "convolution 16x10x15", "mean over height 16x1x15",
                   "summary 16x1x1", "dropout 16x1x1", "logits 4x1x1", "loss"}));
  EXPECT_EQ(ops.last_kernel, (std::pair{5, 7}));
  EXPECT_EQ(network.layout.slots().end()[-3].name, "attention/query");
}

TEST(Networks, DescribesAFusedModel) {
  ModelSpec model;
  model.branches = {branch(Architecture::kCnn2d, Transform::kSpectrogram, {24}),
                    branch(Architecture::kDense, Transform::kMfcc, {32, 16})};
  model.fusion = Fusion::kLate;
  EXPECT_EQ(describe(model), "late: cnn2d 24 on spectrogram + dense 32-16 on mfcc");
}

}  // namespace
}  // namespace genretrack
