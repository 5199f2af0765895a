#include "host/train/model.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "host/core/error.h"
#include "host/nn/networks.h"
#include "host/spec/choices.h"
#include "host/spec/read_experiment.h"
#include "host/train/checkpoint.h"
#include "host/train/fuse.h"
#include "host/train/network_inputs.h"
#include "host/train/state_file.h"

namespace genretrack {
namespace {

using Json = nlohmann::json;

constexpr int kBatch = 32;
constexpr const char* kWeight = "parameters/output/weight";
constexpr const char* kBias = "parameters/output/bias";

// One network of one model: a branch.
struct NetworkWeights {
  std::vector<float> parameters;                // up to the embedding
  std::vector<float> weight, bias;              // of the last layer: (genres, size), (genres)
  std::vector<std::vector<float>> mean, scale;  // (rows), of each input
};

// A network up to its embedding, which every model's weights are loaded into; the last layer is computed
// here.
class Body {
 public:
  // `prefix`: of the network's arrays in a model file.
  Body(const ModelSpec& model, const Experiment& experiment, std::string prefix, Device device, int threads,
       const StateFile& file)
      : model_(model),
        prefix_(std::move(prefix)),
        frames_(experiment.features.frames_of(experiment.training.segment_seconds)),
        ops_(make_network_ops(device, {.batch = kBatch, .threads = threads})),
        crops_(kBatch) {
    rows_ = rows_of(model_, experiment.features);
    network_ = record_network(*ops_, model_, {rows_, frames_, 2}, Part::kEmbedding);
    ops_->prepare(network_.layout.slots());
    const std::vector<int>& shape = file.array(prefix_ + kWeight).shape;
    size_ = shape.size() == 2 ? static_cast<std::size_t>(shape[1]) : 0;
    embedding_.resize(kBatch * size_);
  }

  const std::vector<BranchSpec>& branches() const { return model_.branches; }
  std::size_t size() const { return size_; }

  NetworkWeights read(const StateFile& file, std::size_t genres, const std::string& source) const {
    const auto take = [&](const std::string& what, std::size_t count) {
      const std::vector<float>& values = file.array(prefix_ + what).values;
      if (count == 0 || values.size() != count)
        throw Error(ErrorKind::kData, source + ": \"" + prefix_ + what +
                                          "\" is not of the network that its spec describes; run the "
                                          "experiment again with --force");
      return values;
    };
    NetworkWeights weights;
    weights.parameters.resize(network_.layout.size());
    for (const ParameterSlot& slot : network_.layout.slots()) {
      const std::vector<float> values = take("parameters/" + slot.name, slot.count());
      std::copy(values.begin(), values.end(), weights.parameters.data() + slot.offset);
    }
    weights.weight = take(kWeight, genres * size_);
    weights.bias = take(kBias, genres);
    // Of several inputs one behind the other.
    const auto all = static_cast<std::size_t>(std::accumulate(rows_.begin(), rows_.end(), 0));
    const std::vector<float> mean = take("mean", all), scale = take("scale", all);
    std::ptrdiff_t first = 0;
    for (const int rows : rows_) {
      weights.mean.emplace_back(mean.begin() + first, mean.begin() + first + rows);
      weights.scale.emplace_back(scale.begin() + first, scale.begin() + first + rows);
      first += rows;
    }
    return weights;
  }

  // Adds the network's probabilities to (count, genres) and puts its embedding where `embeddings` begins,
  // rows `stride` apart.
  void answer(const NetworkWeights& weights, const SegmentBatch& segments, double* probabilities,
              float* embeddings, std::size_t stride) {
    const std::size_t genres = weights.bias.size(), count = segments.count;
    ops_->upload(Buffer::kParameters, weights.parameters);
    if (model_.fusion == Fusion::kEarly)
      set_stacked(weights, segments);
    else
      for (std::size_t i = 0; i < network_.inputs.size(); ++i)
        ops_->set_features(network_.inputs[i],
                           {segments.features[static_cast<std::size_t>(model_.branches[i].input)], rows_[i],
                            frames_, weights.mean[i], weights.scale[i]});
    for (std::size_t first = 0; first < count; first += kBatch) {
      const std::size_t here = std::min<std::size_t>(kBatch, count - first);
      // The last batch is filled up with its first segment; those answers are dropped.
      for (std::size_t i = 0; i < crops_.size(); ++i)
        crops_[i].clip = static_cast<std::int32_t>(first + (i < here ? i : 0));
      for (const Tensor& input : network_.inputs) ops_->gather(input, crops_);
      ops_->forward(Mode::kEvaluation, 0, 0);
      ops_->logits(embedding_);
      for (std::size_t i = 0; i < here; ++i) {
        const float* from = embedding_.data() + i * size_;
        add_softmax(weights, from, probabilities + (first + i) * genres);
        normalise(from, embeddings + (first + i) * stride);
      }
    }
  }

 private:
  // Early fusion: the rows of all transforms one behind the other, as one input.
  void set_stacked(const NetworkWeights& weights, const SegmentBatch& segments) {
    const auto frames = static_cast<std::size_t>(frames_);
    int rows = 0;
    std::vector<float> mean, scale;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      rows += rows_[i];
      mean.insert(mean.end(), weights.mean[i].begin(), weights.mean[i].end());
      scale.insert(scale.end(), weights.scale[i].begin(), weights.scale[i].end());
    }
    stacked_.clear();
    for (std::size_t s = 0; s < segments.count; ++s)
      for (std::size_t i = 0; i < rows_.size(); ++i) {
        const std::size_t size = static_cast<std::size_t>(rows_[i]) * frames;
        const auto from = segments.features[static_cast<std::size_t>(model_.branches[i].input)].begin() +
                          static_cast<std::ptrdiff_t>(s * size);
        stacked_.insert(stacked_.end(), from, from + static_cast<std::ptrdiff_t>(size));
      }
    ops_->set_features(network_.inputs[0], {stacked_, rows, frames_, std::move(mean), std::move(scale)});
  }

  void add_softmax(const NetworkWeights& weights, const float* embedding, double* to) const {
    const std::size_t genres = weights.bias.size();
    std::vector<double> logits(genres);
    for (std::size_t g = 0; g < genres; ++g) {
      double sum = static_cast<double>(weights.bias[g]);
      for (std::size_t k = 0; k < size_; ++k)
        sum += static_cast<double>(weights.weight[g * size_ + k]) * static_cast<double>(embedding[k]);
      logits[g] = sum;
    }
    const double top = *std::max_element(logits.begin(), logits.end());
    double sum = 0;
    for (double& logit : logits) sum += logit = std::exp(logit - top);
    for (std::size_t g = 0; g < genres; ++g) to[g] += logits[g] / sum;
  }

  void normalise(const float* from, float* to) const {
    double squares = 0;
    for (std::size_t k = 0; k < size_; ++k)
      squares += static_cast<double>(from[k]) * static_cast<double>(from[k]);
    const double length = std::sqrt(squares);
    for (std::size_t k = 0; k < size_; ++k)
      to[k] = length > 0 ? static_cast<float>(static_cast<double>(from[k]) / length) : 0.0f;
  }

  ModelSpec model_;
  std::string prefix_;
  std::vector<int> rows_;
  int frames_;
  std::size_t size_ = 0;
  std::unique_ptr<NetworkOps> ops_;
  Network network_;
  std::vector<Crop> crops_;
  std::vector<float> embedding_;
  std::vector<float> stacked_;  // what set_features() looks at
};

Experiment experiment_in(const StateFile& file, const std::filesystem::path& path) {
  return experiment_of_text(file.text("spec"), path.string());
}

}  // namespace

struct Models::Impl {
  Experiment experiment;
  std::vector<std::string> genres;
  int segment = 0;
  std::size_t embedding = 0;
  std::vector<std::unique_ptr<Body>> bodies;
  std::vector<std::vector<NetworkWeights>> weights;  // per model, per network
  std::vector<Joining> joinings;                     // per model

  void prepare(const StateFile& file, const std::filesystem::path& path, Device device, int threads) {
    experiment = experiment_in(file, path);
    genres = genres_in(file, path);
    segment = experiment.features.frames_of(experiment.training.segment_seconds);
    for (const ModelSpec& network : networks_of(experiment.model)) {
      const Architecture architecture = network.branches.front().architecture;
      if (is_baseline(architecture))
        throw Error(
            ErrorKind::kUnsupported,
            path.string() + ": is a model by " + std::string(choice_name(architecture)) +
                ", a baseline that run and compare know alone; name a run whose branches are networks");
      bodies.push_back(
          std::make_unique<Body>(network, experiment, model_prefix(network), device, threads, file));
      embedding += bodies.back()->size();
    }
  }

  static std::vector<std::string> genres_in(const StateFile& file, const std::filesystem::path& path) {
    const Json list = Json::parse(file.text("genres"), nullptr, false);
    std::vector<std::string> genres;
    if (list.is_array())
      for (const Json& genre : list)
        if (genre.is_string()) genres.push_back(genre.get<std::string>());
    if (genres.size() < 2)
      throw Error(ErrorKind::kData,
                  path.string() + ": its list of genres is damaged; run the experiment again with --force");
    return genres;
  }

  void add(const StateFile& file, const std::filesystem::path& path) {
    Experiment other = experiment_in(file, path);
    Experiment first = experiment;
    first.seeds = other.seeds = {};
    if (to_json(other) != to_json(first) || genres_in(file, path) != genres)
      throw Error(ErrorKind::kData, path.string() +
                                        ": is a model of another experiment or of other genres than "
                                        "the first one named; apply them one by one");
    joinings.push_back(Joining::load(file, experiment.model.fusion, bodies.size(), genres.size()));
    weights.emplace_back();
    for (const auto& body : bodies) weights.back().push_back(body->read(file, genres.size(), path.string()));
  }
};

Models::Models(const std::vector<std::filesystem::path>& files, Device device, int threads)
    : impl_(std::make_unique<Impl>()) {
  for (const std::filesystem::path& path : files) {
    const StateFile file = StateFile::load(path);
    if (impl_->bodies.empty()) impl_->prepare(file, path, device, threads);
    impl_->add(file, path);
  }
}

Models::~Models() = default;

const Experiment& Models::experiment() const { return impl_->experiment; }
const std::vector<std::string>& Models::genres() const { return impl_->genres; }
std::size_t Models::count() const { return impl_->weights.size(); }
int Models::segment_frames() const { return impl_->segment; }
std::size_t Models::embedding_size() const { return impl_->embedding; }
std::size_t Models::batch() const { return kBatch; }

std::array<bool, kTransformCount> Models::inputs() const {
  std::array<bool, kTransformCount> inputs{};
  for (const auto& body : impl_->bodies)
    for (const BranchSpec& branch : body->branches()) inputs[static_cast<std::size_t>(branch.input)] = true;
  return inputs;
}

std::vector<SegmentAnswers> Models::answer(const SegmentBatch& segments) {
  std::vector<SegmentAnswers> answers;
  for (std::size_t m = 0; m < impl_->weights.size(); ++m) {
    const std::vector<NetworkWeights>& model = impl_->weights[m];
    SegmentAnswers& answer = answers.emplace_back();
    answer.networks.assign(model.size(), std::vector<double>(segments.count * impl_->genres.size()));
    answer.embeddings.resize(segments.count * impl_->embedding);
    std::size_t offset = 0;
    for (std::size_t b = 0; b < model.size(); ++b) {
      Body& body = *impl_->bodies[b];
      body.answer(model[b], segments, answer.networks[b].data(), answer.embeddings.data() + offset,
                  impl_->embedding);
      offset += body.size();
    }
  }
  return answers;
}

std::vector<double> Models::join(std::size_t model, const std::vector<std::vector<double>>& networks) const {
  return impl_->joinings[model].apply(networks);
}

}  // namespace genretrack
