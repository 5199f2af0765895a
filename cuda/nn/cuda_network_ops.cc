#include "cuda/nn/cuda_network_ops.h"

#include <algorithm>
#include <optional>

#include "cuda/nn/feature_input.h"
#include "cuda/nn/loss.h"
#include "cuda/nn/plan_records.h"
#include "cuda/nn/recorder.h"
#include "cuda/nn/staging.h"
#include "cuda/nn/step_graphs.h"
#include "host/core/error.h"

namespace genretrack {
namespace cuda {
namespace {

constexpr int kMostClips = 65535;  // of a batch: blocks of a grid's third dimension

// What a captured graph does; updates differ by their shape.
enum Work { kEvaluation, kForward, kForwardBackward, kBackward, kUpdate, kStep = kUpdate + 8 };
int key_of(Work work, const UpdateShape& shape) {
  return work + (shape.optimizer == Optimizer::kSgd ? 4 : 0) + (shape.clips ? 2 : 0) +
         (shape.averages ? 1 : 0);
}

class CudaNetworkOps final : public Recorder {
 public:
  explicit CudaNetworkOps(const NetworkOptions& options) : plan_(options) {}

  void prepare(std::span<const ParameterSlot> layout) override {
    if (prepared_) fail("a network is prepared once");
    if (logits_ < 0) fail("a network ends in a loss");
    end_recording();
    parameters_.emplace(plan_, layout);
    for (const Tensor& t : tensors_) values_.push_back({plan_.batch, t.channels, t.height, t.width});
    for (const Tensor& t : tensors_)
      if (is_input(t)) value(t).data = plan_.make(value(t).count());
    for (const Record& record : records_)
      operations_.push_back(plan_record(plan_, *parameters_, record, values_));
    plan_.allocate_workspace();
    loss_.emplace(plan_, values_[static_cast<std::size_t>(logits_)]);
    inputs_.resize(tensors_.size());
    staging_.emplace(std::max({static_cast<std::size_t>(plan_.batch) * sizeof(Crop),
                               static_cast<std::size_t>(plan_.batch * loss_->classes()) * sizeof(float),
                               sizeof(StepNumbers), sizeof(UpdateNumbers)}));
    plan_.stream.synchronize("prepare a network");
    prepared_ = true;
  }

  void forward(Mode mode, std::uint64_t seed, std::uint64_t step) override {
    settle();
    const StepNumbers numbers = {seed, step};
    staging_->send(plan_.numbers(), &numbers, sizeof numbers, plan_.stream);
    trainable_ = mode == Mode::kTraining;
    if (trainable_)
      waiting_ = Waiting::kForward;
    else
      run(kEvaluation, [this] { queue_forward(Mode::kEvaluation); });
  }

  void backward() override {
    check_prepared();
    // Maps of the forward pass are overwritten by gradients.
    if (!trainable_)
      fail("backward needs a training forward before it, and each forward serves one backward");
    trainable_ = false;
    if (waiting_ == Waiting::kForward)
      waiting_ = Waiting::kForwardBackward;
    else
      run(kBackward, [this] { queue_backward(); });
  }

  void update(const Update& update) override {
    check_prepared();
    if (update.step < 1) fail("updates count from 1");
    if (!(update.max_gradient_norm >= 0)) fail("a gradient's norm is limited to 0 or more");
    if (!(update.average_keep >= 0 && update.average_keep < 1)) fail("an average keeps a share in [0, 1)");
    if (waiting_ == Waiting::kForward) settle();
    const UpdateNumbers numbers(update);
    const UpdateShape shape(update);
    staging_->send(parameters_->update_numbers(), &numbers, sizeof numbers, plan_.stream);
    const bool whole = waiting_ == Waiting::kForwardBackward;
    waiting_ = Waiting::kNothing;
    run(key_of(whole ? kStep : kUpdate, shape), [&] {
      if (whole) {
        queue_forward(Mode::kTraining);
        queue_backward();
      }
      parameters_->queue_update(shape);
    });
  }

  double loss() override {
    settle();
    return loss_->value();
  }

  void upload(Buffer which, std::span<const float> plain) override {
    settle();
    parameters_->upload(which, plain);
  }
  void download(Buffer which, std::span<float> plain) override {
    settle();
    parameters_->download(which, plain);
  }

  void set_features(Tensor input, FeatureSource source) override {
    settle();
    const Value& x = input_value(input);
    Input& place = inputs_[static_cast<std::size_t>(input.id)];
    if (source.rows != x.channels * x.height)
      fail("features of " + std::to_string(source.rows) + " rows for an input of " +
           std::to_string(x.channels * x.height));
    place.features.reset();  // its memory may be needed
    place.features.emplace(source);
    if (place.crops.size() == 0) place.crops = DeviceArray<Crop>(static_cast<std::size_t>(plan_.batch));
  }

  void gather(Tensor input, std::span<const Crop> crops) override {
    settle();
    const Value& x = input_value(input);
    const Input& place = inputs_[static_cast<std::size_t>(input.id)];
    if (!place.features) fail("gather needs features: call set_features first");
    if (crops.size() != static_cast<std::size_t>(plan_.batch))
      fail(std::to_string(crops.size()) + " crops for a batch of " + std::to_string(plan_.batch));
    place.features->check(crops, x.width);
    staging_->send(place.crops.data(), crops.data(), crops.size_bytes(), plan_.stream);
    place.features->gather(place.crops.data(), x, plan_.stream);
  }

  void set_input(Tensor input, std::span<const float> plain) override {
    settle();
    const Value& x = input_value(input);
    if (plain.size() != x.count())
      fail("an input of " + std::to_string(plain.size()) + " values where the batch has " +
           std::to_string(x.count()));
    const PinnedArray<float> maps = channels_last(plain, x);
    check_cuda(cudaMemcpyAsync(x.data, maps.data(), maps.bytes(), cudaMemcpyHostToDevice, plan_.stream),
               "copy an input to the device");
    plan_.stream.synchronize("copy an input to the device");
  }

  void set_targets(std::span<const float> plain) override {
    settle();
    check_classes(plain.size(), "targets");
    staging_->send(loss_->targets(), plain.data(), plain.size_bytes(), plan_.stream);
  }
  void logits(std::span<float> plain) override {
    settle();
    check_classes(plain.size(), "logits");
    loss_->logits(plain);
  }

  std::vector<std::string> implementations() const override {
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < operations_.size(); ++i)
      lines.push_back(records_[i].name + ": " + operations_[i]->implementation());
    if (loss_) lines.push_back("softmax_cross_entropy: own, on " + plan_.device);
    return lines;
  }

 private:
  // What forward() and backward() were asked for and have not queued: update() queues all of a step at once.
  enum class Waiting { kNothing, kForward, kForwardBackward };
  struct Input {
    std::optional<FeatureInput> features;
    DeviceArray<Crop> crops;
  };

  void check_prepared() const {
    if (!prepared_) fail("steps and transfers come after prepare()");
  }

  // Queues what waits.
  void settle() {
    check_prepared();
    const Waiting waiting = std::exchange(waiting_, Waiting::kNothing);
    if (waiting == Waiting::kForward)
      run(Work::kForward, [this] { queue_forward(Mode::kTraining); });
    else if (waiting == Waiting::kForwardBackward)
      run(Work::kForwardBackward, [this] {
        queue_forward(Mode::kTraining);
        queue_backward();
      });
  }

  template <class Queue>
  void run(int key, const Queue& queue) {
    graphs_.run(key, plan_.stream, queue);
  }

  void queue_forward(Mode mode) {
    for (const OperationPointer& operation : operations_) operation->forward(mode);
    loss_->queue_forward();
  }
  void queue_backward() {
    loss_->queue_backward();
    for (auto it = operations_.rbegin(); it != operations_.rend(); ++it) (*it)->backward();
  }

  Value& value(Tensor t) { return values_[static_cast<std::size_t>(t.id)]; }
  const Value& input_value(Tensor input) const {
    if (!is_input(input)) fail("not an input of this network");
    return values_[static_cast<std::size_t>(input.id)];
  }
  void check_classes(std::size_t size, const char* what) const {
    const std::size_t wanted =
        static_cast<std::size_t>(plan_.batch) * static_cast<std::size_t>(loss_->classes());
    if (size != wanted)
      fail(std::to_string(size) + " " + what + " given where the batch has " + std::to_string(wanted));
  }

  // Plain (N, C, H, W) values in our order.
  static PinnedArray<float> channels_last(std::span<const float> plain, const Value& x) {
    PinnedArray<float> maps(plain.size());
    const auto channels = static_cast<std::size_t>(x.channels);
    for (std::size_t i = 0; i < maps.size(); ++i) {
      const std::size_t c = i % channels, place = i / channels % x.positions(),
                        n = i / channels / x.positions();
      maps.data()[i] = plain[(n * channels + c) * x.positions() + place];
    }
    return maps;
  }

  Plan plan_;
  std::vector<Value> values_;  // by Tensor::id
  std::optional<Parameters> parameters_;
  std::vector<OperationPointer> operations_;
  std::optional<Loss> loss_;
  std::vector<Input> inputs_;  // by Tensor::id
  std::optional<Staging> staging_;
  StepGraphs graphs_;
  Waiting waiting_ = Waiting::kNothing;
  bool prepared_ = false, trainable_ = false;
};

}  // namespace
}  // namespace cuda

std::unique_ptr<NetworkOps> make_cuda_network_ops(const NetworkOptions& options) {
  if (options.batch < 1) throw Error(ErrorKind::kFailure, "a batch has at least one clip");
  if (options.threads < 1) throw Error(ErrorKind::kFailure, "a network needs at least one thread");
  if (options.batch > cuda::kMostClips)
    throw Error(ErrorKind::kUnsupported, "a batch on CUDA has at most " + std::to_string(cuda::kMostClips) +
                                             " clips: take a smaller /training/batch_size");
  if (options.precision != Precision::kFloat32 && options.precision != Precision::kTf32)
    throw Error(ErrorKind::kUnsupported,
                "bfloat16 and float16 on CUDA are not there yet: take /training/precision float32 or tf32");
  return std::make_unique<cuda::CudaNetworkOps>(options);
}

}  // namespace genretrack
