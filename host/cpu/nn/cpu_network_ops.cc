#include "host/cpu/nn/cpu_network_ops.h"

#include <algorithm>
#include <optional>
#include <variant>

#include "host/core/error.h"
#include "host/cpu/nn/feature_input.h"
#include "host/cpu/nn/operations.h"

namespace genretrack {
namespace {

using namespace cpu;

[[noreturn]] void not_there_yet(const std::string& what) {
  throw Error(ErrorKind::kUnsupported, what + " is not there yet");
}
[[noreturn]] void fail(const std::string& message) { throw Error(ErrorKind::kFailure, message); }

struct MeanRecord {};
struct MeanOverHeightRecord {};
struct FoldHeightRecord {};
struct DropoutRecord {
  float rate;
  std::uint32_t layer;
};
struct ForkRecord {};
struct ConcatenateRecord {};
struct AddReluPoolRecord {
  int pool_height, pool_width;
};
struct GatedSumRecord {};  // from: logits, then the parts
struct Record {
  std::variant<ConvolutionBlock, DenseBlock, MeanRecord, DropoutRecord, RecurrentLayer, TimeSummaryBlock,
               MeanOverHeightRecord, FoldHeightRecord, ForkRecord, ConcatenateRecord, AddReluPoolRecord,
               GatedSumRecord>
      what;
  std::vector<int> from, to;
  std::string name;
};

class CpuNetworkOps final : public NetworkOps {
 public:
  CpuNetworkOps(const NetworkOptions& options, Fused fused)
      : options_(options),
        primitives_only_(fused == Fused::kPrimitives),
        plan_(options.batch, options.threads) {}

  Tensor input(int channels, int height, int width) override {
    if (channels < 1 || height < 1 || width < 1) fail("an input needs at least one value");
    return make_tensor(channels, height, width, "input");
  }

  Tensor convolution_block(Tensor x, const ConvolutionBlock& b) override {
    check_input(x);
    if (b.out_channels < 1 || b.kernel_height < 1 || b.kernel_height % 2 == 0 || b.kernel_width < 1 ||
        b.kernel_width % 2 == 0)
      fail("a convolution needs channels and an odd kernel");
    check_pool(x, b.pool_height, b.pool_width);
    if (!b.relu && b.pool_height * b.pool_width != 1) fail("a block without ReLU does not pool");
    const Tensor y = make_tensor(b.out_channels, x.height / b.pool_height, x.width / b.pool_width, "");
    return record(x, y, b, "convolution_block");
  }

  Tensor dense_block(Tensor x, const DenseBlock& b) override {
    check_input(x);
    if (b.units < 1) fail("a dense layer needs at least one unit");
    return record(x, make_tensor(b.units, 1, 1, ""), b, "dense_block");
  }

  Tensor mean_over_positions(Tensor x) override {
    check_input(x);
    return record(x, make_tensor(x.channels, 1, 1, ""), MeanRecord{}, "mean_over_positions");
  }

  Tensor dropout(Tensor x, float rate, std::uint32_t layer) override {
    check_input(x);
    if (!(rate >= 0 && rate < 1)) fail("a dropout rate lies in [0, 1)");
    return record(x, make_tensor(x.channels, x.height, x.width, ""), DropoutRecord{rate, layer}, "dropout");
  }

  Tensor recurrent_layer(Tensor x, const RecurrentLayer& layer) override {
    check_over_time(x, "a recurrent layer");
    if (layer.hidden < 1 || layer.directions < 1 || layer.directions > 2)
      fail("a recurrent layer has at least one unit, and one direction or two");
    return record(x, make_tensor(layer.hidden * layer.directions, 1, x.width, ""), layer, "recurrent_layer");
  }

  Tensor summarise_time(Tensor x, const TimeSummaryBlock& b) override {
    check_over_time(x, "a time summary");
    if (b.directions < 1 || b.directions > 2 || x.channels % b.directions != 0)
      fail("channels of a time summary come from one direction or, in halves, from two");
    const int times = b.summary == TimeSummary::kBoth ? 2 : 1;
    return record(x, make_tensor(times * x.channels, 1, 1, ""), b, "summarise_time");
  }

  Tensor mean_over_height(Tensor x) override {
    check_input(x);
    return record(x, make_tensor(x.channels, 1, x.width, ""), MeanOverHeightRecord{}, "mean_over_height");
  }
  Tensor fold_height(Tensor x) override {
    check_input(x);
    return record(x, make_tensor(x.channels * x.height, 1, x.width, ""), FoldHeightRecord{}, "fold_height");
  }
  std::array<Tensor, 2> fork(Tensor x) override {
    check_input(x);
    const Tensor first = make_tensor(x.channels, x.height, x.width, "");
    const Tensor second = make_tensor(x.channels, x.height, x.width, "");
    record({&x, 1}, {first.id, second.id}, ForkRecord{}, "fork");
    return {first, second};
  }

  Tensor concatenate(std::span<const Tensor> parts) override {
    if (parts.empty()) fail("nothing to concatenate");
    int channels = 0;
    for (const Tensor& part : parts) {
      check_input(part);
      if (part.height != parts[0].height || part.width != parts[0].width)
        fail("concatenated maps have one height and one width");
      channels += part.channels;
    }
    const Tensor y = make_tensor(channels, parts[0].height, parts[0].width, "");
    record(parts, {y.id}, ConcatenateRecord{}, "concatenate");
    return y;
  }

  Tensor add_relu_pool(Tensor a, Tensor b, int pool_height, int pool_width) override {
    check_input(a);
    check_input(b);
    if (a.channels != b.channels || a.height != b.height || a.width != b.width)
      fail("only maps of one shape can be added");
    check_pool(a, pool_height, pool_width);
    const Tensor y = make_tensor(a.channels, a.height / pool_height, a.width / pool_width, "");
    record(std::array{a, b}, {y.id}, AddReluPoolRecord{pool_height, pool_width}, "add_relu_pool");
    return y;
  }

  Tensor gated_sum(Tensor logits, std::span<const Tensor> parts) override {
    check_input(logits);
    if (parts.empty() || logits.channels != static_cast<int>(parts.size()) ||
        logits.height * logits.width != 1)
      fail("a gate has one logit for each part");
    std::vector<Tensor> from = {logits};
    for (const Tensor& part : parts) {
      check_input(part);
      if (part.channels != parts[0].channels || part.height * part.width != 1)
        fail("parts of a gated sum are vectors of one length");
      from.push_back(part);
    }
    const Tensor y = make_tensor(parts[0].channels, 1, 1, "");
    record(from, {y.id}, GatedSumRecord{}, "gated_sum");
    return y;
  }

  void softmax_cross_entropy(Tensor logits) override {
    check_input(logits);
    if (logits_ >= 0) fail("a network has one loss");
    logits_ = logits.id;
    used_[static_cast<std::size_t>(logits.id)] = true;
  }

  void prepare(std::span<const ParameterSlot> layout) override {
    if (prepared_) fail("a network is prepared once");
    if (logits_ < 0) fail("a network ends in a loss");
    const ThreadCount threads(options_.threads);
    parameters_.emplace(plan_.engine, layout);
    try {
      for (std::size_t i = 0; i < values_.size(); ++i)
        if (values_[i].name == "input")
          values_[i].data =
              plan_.make(plan_.map(values_[i].channels, values_[i].height, values_[i].width, 1));
      for (const Record& r : records_) {
        add_operation(r.name, plan_record(r));
        if (learns(r)) continue;
        operations_.back().backward = false;
        value(r.to[0]).gradient = {};
      }
      Value& logits = values_[static_cast<std::size_t>(logits_)];
      if (logits.time) add_operation("to maps", make_plain_maps(plan_, Value(logits), &logits));
      loss_.emplace(plan_, logits);
      parameters_->allocate();
    } catch (const dnnl::error& e) {
      throw Error(ErrorKind::kUnsupported, std::string("oneDNN cannot run this network here: ") + e.what());
    }
    inputs_.resize(values_.size());
    prepared_ = true;
  }

  void forward(Mode mode, std::uint64_t seed, std::uint64_t step) override {
    check_prepared();
    const ThreadCount threads(options_.threads);
    for (const Planned& p : operations_) p.operation->forward({mode, seed, step});
    loss_->forward();
    trainable_ = mode == Mode::kTraining;
  }

  void backward() override {
    check_prepared();
    // Activations of the forward pass are overwritten by gradients.
    if (!trainable_)
      fail("backward needs a training forward before it, and each forward serves one backward");
    trainable_ = false;
    const ThreadCount threads(options_.threads);
    loss_->backward();
    for (auto it = operations_.rbegin(); it != operations_.rend(); ++it)
      if (it->backward) it->operation->backward();
  }

  void update(const Update& update) override {
    check_prepared();
    if (update.step < 1) fail("updates count from 1");
    if (!(update.max_gradient_norm >= 0) || !(update.average_keep >= 0 && update.average_keep < 1))
      fail("a largest gradient norm is at least 0, and an average keeps a share in [0, 1)");
    const ThreadCount threads(options_.threads);
    parameters_->update(update);
  }

  double loss() override {
    check_prepared();
    return loss_->value();
  }

  void upload(Buffer which, std::span<const float> plain) override {
    check_prepared();
    const ThreadCount threads(options_.threads);
    parameters_->upload(which, plain, plan_.stream);
  }
  void download(Buffer which, std::span<float> plain) override {
    check_prepared();
    const ThreadCount threads(options_.threads);
    parameters_->download(which, plain, plan_.stream);
  }

  void set_features(Tensor input, FeatureSource source) override {
    check_prepared();
    const Value& value = input_value(input);
    FeatureInput features(std::move(source));
    if (features.rows() != value.channels * value.height)
      fail("features of " + std::to_string(features.rows()) + " rows for an input of " +
           std::to_string(value.channels * value.height));
    inputs_[static_cast<std::size_t>(input.id)] = std::move(features);
  }

  void gather(Tensor input, std::span<const Crop> crops) override {
    check_prepared();
    const Value& value = input_value(input);
    const auto& features = inputs_[static_cast<std::size_t>(input.id)];
    if (!features) fail("gather needs features: call set_features first");
    if (crops.size() != static_cast<std::size_t>(options_.batch))
      fail(std::to_string(crops.size()) + " crops for a batch of " + std::to_string(options_.batch));
    const ThreadCount threads(options_.threads);
    features->gather(crops, value.width, floats(value.data));
  }

  void set_input(Tensor input, std::span<const float> plain) override {
    check_prepared();
    const Value& value = input_value(input);
    const std::size_t size = std::size_t(options_.batch) * value.channels * value.height * value.width;
    if (plain.size() != size)
      fail("an input of " + std::to_string(plain.size()) + " values where the batch has " +
           std::to_string(size));
    std::copy(plain.begin(), plain.end(), floats(value.data));
  }

  void set_targets(std::span<const float> plain) override {
    check_prepared();
    loss_->set_targets(plain);
  }
  void logits(std::span<float> plain) override {
    check_prepared();
    loss_->logits(plain);
  }

  std::vector<std::string> implementations() const override {
    std::vector<std::string> lines;
    for (const Planned& p : operations_) lines.push_back(p.name + ": " + p.operation->implementation());
    if (loss_) lines.push_back("softmax_cross_entropy: own");
    return lines;
  }

 private:
  Tensor make_tensor(int channels, int height, int width, const std::string& name) {
    if (prepared_) fail("operations are recorded before prepare()");
    const int id = static_cast<int>(values_.size());
    Value value;
    value.channels = channels;
    value.height = height;
    value.width = width;
    value.name = name;
    values_.push_back(value);
    used_.push_back(false);
    return {id, channels, height, width};
  }

  // fork() makes two of a tensor that is used twice: somebody has to add the gradients.
  void check_input(Tensor x) const {
    if (x.id < 0 || static_cast<std::size_t>(x.id) >= values_.size()) fail("a tensor of another network");
    if (used_[static_cast<std::size_t>(x.id)]) fail("a tensor is the input of one operation only");
  }

  void check_over_time(Tensor x, const char* what) const {
    check_input(x);
    if (x.height != 1)
      fail(std::string(what) + " reads maps of height 1: fold_height or mean_over_height first");
  }

  void check_pool(Tensor x, int height, int width) const {
    if (height < 1 || height > 2 || width < 1 || width > 2 || height > x.height || width > x.width)
      fail("a pooling window is 1 or 2 wide and never larger than the map");
  }

  template <class What>
  Tensor record(Tensor x, Tensor y, const What& what, const char* name) {
    record({&x, 1}, {y.id}, what, name);
    return y;
  }
  template <class What>
  void record(std::span<const Tensor> from, std::vector<int> to, const What& what, const char* name) {
    Record r{what, {}, std::move(to), name};
    for (const Tensor& x : from) {
      if (used_[static_cast<std::size_t>(x.id)]) fail("a tensor is the input of one operation only");
      used_[static_cast<std::size_t>(x.id)] = true;
      r.from.push_back(x.id);
    }
    records_.push_back(std::move(r));
  }

  void add_operation(std::string name, std::unique_ptr<Operation> operation) {
    operations_.push_back({std::move(name), std::move(operation), true});
  }

  // Recurrent layers and summaries read rows by frame, dropout takes what comes, everything else reads maps.
  void convert_input(const Record& r, Value* x) {
    const bool by_frame =
        std::holds_alternative<RecurrentLayer>(r.what) || std::holds_alternative<TimeSummaryBlock>(r.what);
    if (by_frame && !x->time)
      add_operation("to rows by frame", make_time_major(plan_, Value(*x), x));
    else if (!by_frame && x->time && !std::holds_alternative<DropoutRecord>(r.what))
      add_operation("to maps", make_plain_maps(plan_, Value(*x), x));
  }

  Value& value(int id) { return values_[static_cast<std::size_t>(id)]; }

  std::unique_ptr<Operation> plan_record(const Record& r) {
    for (const int id : r.from) convert_input(r, &value(id));
    if (r.from.size() + r.to.size() > 2) return plan_join(r);
    const Value& x = value(r.from[0]);
    Value* y = &value(r.to[0]);
    if (std::holds_alternative<ConcatenateRecord>(r.what)) return make_concatenate(plan_, {x}, y);
    if (const auto* b = std::get_if<ConvolutionBlock>(&r.what))
      return make_convolution(plan_, *parameters_, *b, primitives_only_, x, y);
    if (const auto* b = std::get_if<DenseBlock>(&r.what))
      return make_dense(plan_, *parameters_, *b, primitives_only_, x, y);
    if (const auto* b = std::get_if<DropoutRecord>(&r.what))
      return make_dropout(plan_, b->rate, b->layer, x, y);
    if (const auto* b = std::get_if<RecurrentLayer>(&r.what))
      return make_recurrent(plan_, *parameters_, *b, x, y);
    if (const auto* b = std::get_if<TimeSummaryBlock>(&r.what))
      return make_time_summary(plan_, *parameters_, *b, x, y);
    if (std::holds_alternative<MeanOverHeightRecord>(r.what)) return make_mean_over_height(plan_, x, y);
    if (std::holds_alternative<FoldHeightRecord>(r.what)) return make_time_major(plan_, x, y);
    return make_mean(plan_, x, y);
  }

  // Of several inputs or outputs.
  std::unique_ptr<Operation> plan_join(const Record& r) {
    if (std::holds_alternative<ForkRecord>(r.what))
      return make_fork(plan_, value(r.from[0]), &value(r.to[0]), &value(r.to[1]));
    Value* y = &value(r.to[0]);
    if (const auto* b = std::get_if<AddReluPoolRecord>(&r.what))
      return make_add_relu_pool(plan_, b->pool_height, b->pool_width, value(r.from[0]), value(r.from[1]), y);
    std::vector<Value> from;
    for (const int id : r.from) from.push_back(value(id));
    if (std::holds_alternative<ConcatenateRecord>(r.what)) return make_concatenate(plan_, from, y);
    return make_gated_sum(plan_, from[0], {from.begin() + 1, from.end()}, y);
  }

  // A block that learns nothing, with nothing in front that does, needs no backward pass.
  bool learns(const Record& r) {
    std::size_t weight = 0, vector = 0;
    if (const auto* b = std::get_if<ConvolutionBlock>(&r.what)) {
      weight = b->weight;
      vector = b->norm.scale;
    } else if (const auto* d = std::get_if<DenseBlock>(&r.what)) {
      weight = d->weight;
      vector = d->hidden ? d->norm.scale : d->bias;
    } else {
      return true;
    }
    return value(r.from[0]).gradient || !parameters_->frozen(weight) || !parameters_->frozen(vector);
  }

  void check_prepared() const {
    if (!prepared_) fail("steps and transfers come after prepare()");
  }
  const Value& input_value(Tensor input) const {
    if (input.id < 0 || static_cast<std::size_t>(input.id) >= values_.size() ||
        values_[static_cast<std::size_t>(input.id)].name != "input")
      fail("not an input of this network");
    return values_[static_cast<std::size_t>(input.id)];
  }

  NetworkOptions options_;
  bool primitives_only_;
  Plan plan_;
  std::vector<Value> values_;  // by Tensor::id
  std::vector<bool> used_;
  std::vector<Record> records_;
  int logits_ = -1;
  bool prepared_ = false, trainable_ = false;
  std::optional<Parameters> parameters_;
  struct Planned {
    std::string name;
    std::unique_ptr<Operation> operation;
    bool backward = true;
  };
  std::vector<Planned> operations_;
  std::optional<Loss> loss_;
  std::vector<std::optional<FeatureInput>> inputs_;  // by Tensor::id
};

}  // namespace

std::unique_ptr<NetworkOps> make_cpu_network_ops(const NetworkOptions& options, Fused fused) {
  if (options.batch < 1) fail("a batch has at least one clip");
  if (options.threads < 1) fail("a network needs at least one thread");
  if (options.precision != Precision::kFloat32) not_there_yet("another precision than float32");
  return std::make_unique<CpuNetworkOps>(options, fused);
}

}  // namespace genretrack
