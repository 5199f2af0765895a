#include "host/train/baseline.h"

#include <libsvm/svm.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <mutex>

#include "host/core/error.h"
#include "host/core/interrupt.h"
#include "host/core/random.h"
#include "host/dataset/groups.h"
#include "host/dsp/delta.h"

namespace genretrack {
namespace {

using Vector = std::vector<double>;
using Clips = std::vector<std::size_t>;

constexpr std::array kPenalties = {1.0, 3.0, 10.0, 30.0, 100.0};  // C
constexpr std::array kWidths = {0.1, 0.3, 1.0, 3.0};              // gamma times the number of features
constexpr int kInnerFolds = 5;

void append_moments(const Vector& series, Vector& out) {
  double sum = 0, squares = 0;
  for (const double x : series) sum += x;
  const double mean = sum / static_cast<double>(series.size());
  for (const double x : series) squares += (x - mean) * (x - mean);
  out.push_back(mean);
  out.push_back(std::sqrt(squares / static_cast<double>(series.size())));
}

// (4 x rows): of each row the mean and deviation of its values, then of its deltas.
Vector statistics_of(const BranchData& data, std::size_t clip, int usable, const std::string& id) {
  constexpr std::array weights = delta_weights(1);
  if (usable < kDeltaWidth)
    throw Error(ErrorKind::kData, id + ": has " + std::to_string(usable) +
                                      " frames, and the deltas of an svm need " +
                                      std::to_string(kDeltaWidth) + "; leave it out, or use longer clips");
  Vector out;
  for (int row = 0; row < data.rows; ++row) {
    const float* x =
        data.features.data() + (clip * static_cast<std::size_t>(data.rows) + static_cast<std::size_t>(row)) *
                                   static_cast<std::size_t>(data.frames);
    Vector series(x, x + usable), deltas;
    for (std::size_t t = 0; t + kDeltaWidth <= series.size(); ++t) {
      double delta = 0;
      for (std::size_t i = 0; i < weights.size(); ++i) delta += weights[i] * series[t + i];
      deltas.push_back(delta);
    }
    append_moments(series, out);
    append_moments(deltas, out);
  }
  return out;
}

struct Scaling {
  Vector mean, deviation;
};

// In place, with moments of the training part alone; a feature that never moves there stays as it is.
Scaling standardise(std::vector<Vector>& features, const Clips& train) {
  Scaling scaling;
  const std::size_t count = features.front().size();
  for (std::size_t f = 0; f < count; ++f) {
    Vector values, moments;
    for (const std::size_t clip : train) values.push_back(features[clip][f]);
    append_moments(values, moments);
    scaling.mean.push_back(moments[0]);
    scaling.deviation.push_back(moments[1] > 1e-9 ? moments[1] : 1);
    for (Vector& vector : features) vector[f] = (vector[f] - scaling.mean[f]) / scaling.deviation[f];
  }
  return scaling;
}

// libsvm's view of vectors, and a model that frees itself.
class Machine {
 public:
  Machine(const std::vector<Vector>& features, const std::vector<std::size_t>& labels, const Clips& train,
          double penalty, double gamma, bool probabilities) {
    for (const std::size_t clip : train) {
      nodes_.push_back(nodes_of(features[clip]));
      targets_.push_back(static_cast<double>(labels[clip]));
    }
    for (std::vector<svm_node>& row : nodes_) rows_.push_back(row.data());
    const svm_problem problem{static_cast<int>(rows_.size()), targets_.data(), rows_.data()};
    svm_parameter parameters{};
    parameters.svm_type = C_SVC;
    parameters.kernel_type = RBF;
    parameters.gamma = gamma;
    parameters.C = penalty;
    parameters.cache_size = 100;  // MB
    parameters.eps = 1e-3;
    parameters.shrinking = 1;
    parameters.probability = probabilities ? 1 : 0;
    if (const char* why = svm_check_parameter(&problem, &parameters))
      throw Error(ErrorKind::kFailure, std::string("svm: ") + why);
    model_.reset(svm_train(&problem, &parameters));
  }

  std::size_t predict(const Vector& features) const {
    return static_cast<std::size_t>(svm_predict(model_.get(), nodes_of(features).data()));
  }
  Vector probabilities(const Vector& features, std::size_t classes) const {
    Vector coupled(static_cast<std::size_t>(svm_get_nr_class(model_.get()))), all(classes);
    svm_predict_probability(model_.get(), nodes_of(features).data(), coupled.data());
    std::vector<int> labels(coupled.size());
    svm_get_labels(model_.get(), labels.data());
    for (std::size_t i = 0; i < labels.size(); ++i) all[static_cast<std::size_t>(labels[i])] = coupled[i];
    return all;
  }
  const svm_model& model() const { return *model_; }

 private:
  static std::vector<svm_node> nodes_of(const Vector& features) {
    std::vector<svm_node> nodes;
    for (std::size_t f = 0; f < features.size(); ++f) nodes.push_back({static_cast<int>(f) + 1, features[f]});
    nodes.push_back({-1, 0});
    return nodes;
  }
  struct Free {
    void operator()(svm_model* model) const { svm_free_and_destroy_model(&model); }
  };
  std::vector<std::vector<svm_node>> nodes_;
  std::vector<svm_node*> rows_;
  Vector targets_;
  std::unique_ptr<svm_model, Free> model_;
};

// The training part in grouped folds, by the rules of every split.
std::vector<Clips> inner_folds(const FoldClips& clips, std::uint64_t seed) {
  Dataset dataset;
  dataset.genres = clips.genres;
  for (const std::size_t i : clips.train)
    dataset.clips.push_back(
        {clips.ids[i], clips.ids[i], clips.genres[clips.labels[i]], clips.artists[i], {}, ""});
  Clips all(dataset.clips.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  const std::vector<ClipList> groups = make_groups(dataset, all, Grouping::kArtist);
  const std::vector<std::size_t> numbers = groups_per_genre(dataset, groups);
  const auto fewest = static_cast<int>(*std::min_element(numbers.begin(), numbers.end()));
  Random random(seed, Purpose::kSplit, 0x5356'4d00);  // a stream of its own
  std::vector<Clips> folds = deal_folds(dataset, groups, std::clamp(fewest, 2, kInnerFolds), random);
  for (Clips& fold : folds)
    for (std::size_t& clip : fold) clip = clips.train[clip];
  return folds;
}

std::size_t inner_hits(const std::vector<Vector>& features, const FoldClips& clips,
                       const std::vector<Clips>& folds, double penalty, double gamma) {
  std::size_t hits = 0;
  for (const Clips& held_out : folds) {
    throw_if_interrupted("run the same command again to start this training anew");
    Clips rest;
    std::set_difference(clips.train.begin(), clips.train.end(), held_out.begin(), held_out.end(),
                        std::back_inserter(rest));
    if (rest.empty() || held_out.empty()) continue;
    const Machine machine(features, clips.labels, rest, penalty, gamma, false);
    for (const std::size_t clip : held_out)
      hits += machine.predict(features[clip]) == clips.labels[clip] ? 1 : 0;
  }
  return hits;
}

void add_array(TrainedBranch& trained, const std::string& name, std::vector<int> shape,
               const Vector& values) {
  trained.slots.push_back({name, std::move(shape), trained.parameters.size(), ParameterKind::kWeight});
  for (const double value : values) trained.parameters.push_back(static_cast<float>(value));
}

void keep_machine(const svm_model& model, const Scaling& scaling, double gamma, TrainedBranch& trained) {
  const int features = static_cast<int>(scaling.mean.size()),
            pairs = model.nr_class * (model.nr_class - 1) / 2;
  Vector vectors, coefficients;
  for (int i = 0; i < model.l; ++i)
    for (const svm_node* node = model.SV[i]; node->index > 0; ++node) vectors.push_back(node->value);
  for (int k = 0; k + 1 < model.nr_class; ++k)
    coefficients.insert(coefficients.end(), model.sv_coef[k], model.sv_coef[k] + model.l);
  add_array(trained, "svm/feature_mean", {features}, scaling.mean);
  add_array(trained, "svm/feature_deviation", {features}, scaling.deviation);
  add_array(trained, "svm/support_vectors", {model.l, features}, vectors);
  add_array(trained, "svm/coefficients", {model.nr_class - 1, model.l}, coefficients);
  add_array(trained, "svm/rho", {pairs}, {model.rho, model.rho + pairs});
  add_array(trained, "svm/sigmoid_a", {pairs}, {model.probA, model.probA + pairs});
  add_array(trained, "svm/sigmoid_b", {pairs}, {model.probB, model.probB + pairs});
  add_array(trained, "svm/labels", {model.nr_class}, {model.label, model.label + model.nr_class});
  add_array(trained, "svm/vectors_of_label", {model.nr_class}, {model.nSV, model.nSV + model.nr_class});
  add_array(trained, "svm/gamma", {1}, {gamma});
}

// Predictions of every clip that is not trained on.
template <class Predict>
void predict_parts(const FoldClips& clips, const Predict& predict, TrainedBranch& trained) {
  const std::size_t classes = clips.genres.size();
  trained.probabilities.assign(clips.ids.size() * classes, 0);
  for (const auto* part : {&clips.validation, &clips.test})
    for (const std::size_t clip : *part) {
      const Vector row = predict(clip);
      // As float, which is what files keep.
      std::transform(row.begin(), row.end(),
                     trained.probabilities.begin() + static_cast<std::ptrdiff_t>(clip * classes),
                     [](double p) { return static_cast<float>(p); });
    }
}

void train_majority(const FoldClips& clips, TrainedBranch& trained) {
  Vector shares(clips.genres.size());
  for (const std::size_t clip : clips.train)
    shares[clips.labels[clip]] += 1 / static_cast<double>(clips.train.size());
  add_array(trained, "majority/shares", {static_cast<int>(shares.size())}, shares);
  predict_parts(
      clips, [&](std::size_t) { return shares; }, trained);
  trained.implementations = {"shares of the genres in the training part"};
}

void train_svm(const BranchJob& job, const BranchData& data, TrainedBranch& trained) {
  const FoldClips& clips = *job.clips;
  std::vector<Vector> features;
  for (std::size_t clip = 0; clip < clips.ids.size(); ++clip)
    features.push_back(statistics_of(data, clip, clips.usable[clip], clips.ids[clip]));
  const Scaling scaling = standardise(features, clips.train);
  const std::vector<Clips> folds = inner_folds(clips, job.seed);
  // libsvm draws its inner folds with rand(), which the whole program shares.
  static std::mutex mutex;
  const std::lock_guard guard(mutex);
  svm_set_print_string_function([](const char*) {});
  double penalty = 0, gamma = 0;
  std::size_t most = 0;
  for (const double c : kPenalties)
    for (const double width : kWidths) {
      const double g = width / static_cast<double>(features.front().size());
      const std::size_t hits = inner_hits(features, clips, folds, c, g);
      if (penalty != 0 && hits <= most) continue;
      most = hits;
      penalty = c;
      gamma = g;
    }
  std::srand(static_cast<unsigned>(job.seed));
  const Machine machine(features, clips.labels, clips.train, penalty, gamma, true);
  keep_machine(machine.model(), scaling, gamma, trained);
  predict_parts(
      clips, [&](std::size_t clip) { return machine.probabilities(features[clip], clips.genres.size()); },
      trained);
  trained.implementations = {
      fmt::format("libsvm {}: C {}, gamma {:.6g}, {} support vectors; {} of {} clips right "
                  "over {} inner folds",
                  libsvm_version, penalty, gamma, machine.model().l, most, clips.train.size(), folds.size())};
}

// The one line of metrics.jsonl; there is no training loss, and nothing is stopped.
EpochResult validate(const FoldClips& clips, const TrainedBranch& trained) {
  EpochResult result;
  result.epoch = 1;
  result.best = true;
  const std::size_t classes = clips.genres.size();
  for (const std::size_t clip : clips.validation) {
    const double* row = trained.probabilities.data() + clip * classes;
    const auto guess = static_cast<std::size_t>(std::max_element(row, row + classes) - row);
    result.validation_accuracy += guess == clips.labels[clip] ? 1 : 0;
    result.validation_loss -= std::log(std::max(row[clips.labels[clip]], 1e-12));
  }
  result.validation_accuracy /= static_cast<double>(clips.validation.size());
  result.validation_loss /= static_cast<double>(clips.validation.size());
  return result;
}

}  // namespace

TrainedBranch train_baseline(const BranchJob& job, const BranchData& data) {
  const auto start = std::chrono::steady_clock::now();
  TrainedBranch trained;
  trained.mean = data.mean;
  trained.scale = data.scale;
  if (job.model->branches.at(0).architecture == Architecture::kMajority)
    train_majority(*job.clips, trained);
  else
    train_svm(job, data, trained);
  trained.trained_parameters = trained.parameters.size();
  EpochResult result = validate(*job.clips, trained);
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  trained.history = {result};
  trained.best_epoch = 1;
  if (job.epoch_done) job.epoch_done(trained.history);
  return trained;
}

}  // namespace genretrack
