#include "host/train/train_branch.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <numbers>

#include "host/core/error.h"
#include "host/core/interrupt.h"
#include "host/train/checkpoint.h"
#include "host/train/predict.h"
#include "host/train/segments.h"

namespace genretrack {
namespace {

double learning_rate(const TrainingSpec& training, std::int64_t step, std::int64_t steps_in_all) {
  if (training.schedule == Schedule::kConstant) return training.learning_rate;
  const double turn = std::numbers::pi * static_cast<double>(step) / static_cast<double>(steps_in_all);
  return training.learning_rate * 0.5 * (1 + std::cos(turn));
}

ModelShape shape_of(const BranchJob& job, const std::vector<BranchData>& inputs) {
  ModelShape shape{{}, job.segment, static_cast<int>(job.clips->genres.size())};
  for (const BranchData& input : inputs) shape.rows.push_back(input.rows);
  return shape;
}

class Trainer {
 public:
  Trainer(const BranchJob& job, const std::vector<BranchData>& inputs)
      : job_(job),
        training_(*job.training),
        ops_(make_network_ops(job.device, {.batch = training_.batch_size, .threads = job.threads})),
        network_(record_network(*ops_, *job.model, shape_of(job, inputs))),
        predictor_(*ops_, network_.inputs, training_.batch_size, static_cast<int>(job.clips->genres.size())) {
    ops_->prepare(network_.layout.slots());
    for (std::size_t i = 0; i < inputs.size(); ++i)
      ops_->set_features(network_.inputs[i], inputs[i].source());
    crops_.resize(static_cast<std::size_t>(training_.batch_size));
    targets_.resize(crops_.size() * job.clips->genres.size());
  }

  TrainedBranch train() {
    state_ = load_checkpoint(job_.checkpoint, job_.key, network_.layout);
    if (!state_) state_ = fresh_state(network_.layout, job_.seed);
    ops_->upload(Buffer::kParameters, state_->parameters);
    ops_->upload(Buffer::kFirstMoments, state_->first_moments);
    ops_->upload(Buffer::kSecondMoments, state_->second_moments);
    if (!state_->history.empty() && job_.epoch_done) job_.epoch_done(state_->history);
    while (!finished()) {
      run_epoch();
      save_checkpoint(job_.checkpoint, job_.key, *state_);
      if (job_.epoch_done) job_.epoch_done(state_->history);
    }
    return result();
  }

 private:
  int epoch() const { return static_cast<int>(state_->history.size()); }
  bool finished() const {
    const bool patience_over = training_.patience > 0 && epoch() - state_->best_epoch >= training_.patience;
    return epoch() >= training_.epochs || (epoch() > 0 && patience_over);
  }

  void run_epoch() {
    const auto start = std::chrono::steady_clock::now();
    EpochResult result;
    result.epoch = epoch() + 1;
    const std::vector<Crop> order = epoch_crops(job_.clips->train, job_.clips->usable, job_.segment,
                                                training_.random_crop, job_.seed, result.epoch);
    const std::size_t batch = crops_.size(), steps = (order.size() + batch - 1) / batch;
    const auto before = static_cast<std::int64_t>(steps) * epoch();
    double loss = 0;
    for (std::size_t s = 0; s < steps; ++s) {
      throw_if_interrupted("the last finished epoch is kept; run the same command again to go on");
      const std::int64_t step = before + static_cast<std::int64_t>(s);
      result.learning_rate =
          learning_rate(training_, step, static_cast<std::int64_t>(steps) * training_.epochs);
      // The last batch is filled up from the beginning of the epoch's order: batch norm wants whole batches.
      for (std::size_t i = 0; i < batch; ++i) crops_[i] = order[(s * batch + i) % order.size()];
      loss += train_step(step, result.learning_rate);
      if (!std::isfinite(loss)) diverged(result.epoch, s + 1);
    }
    result.train_loss = loss / static_cast<double>(steps);
    validate(result);
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    note(result);
  }

  double train_step(std::int64_t step, double rate) {
    const std::size_t classes = job_.clips->genres.size();
    std::fill(targets_.begin(), targets_.end(), 0.0f);
    for (std::size_t i = 0; i < crops_.size(); ++i)
      targets_[i * classes + job_.clips->labels[static_cast<std::size_t>(crops_[i].clip)]] = 1;
    for (const Tensor& input : network_.inputs) ops_->gather(input, crops_);
    ops_->set_targets(targets_);
    ops_->forward(Mode::kTraining, job_.seed, static_cast<std::uint64_t>(step));
    ops_->backward();
    ops_->update({.learning_rate = rate, .weight_decay = training_.weight_decay, .step = step + 1});
    return ops_->loss();  // last, so that a device has the whole step at once
  }

  void validate(EpochResult& result) {
    const SegmentPredictions found =
        predictor_.predict(job_.clips->validation, job_.clips->usable, job_.segment);
    const std::size_t classes = job_.clips->genres.size();
    double loss = 0, right = 0;
    for (std::size_t s = 0; s < found.clip.size(); ++s)
      loss -= found.log_probabilities[s * classes + job_.clips->labels[found.clip[s]]];
    result.validation_loss = loss / static_cast<double>(found.clip.size());
    const std::vector<double> clips = mean_by_clip(found, job_.clips->validation, classes);
    for (std::size_t i = 0; i < job_.clips->validation.size(); ++i) {
      const double* row = clips.data() + i * classes;
      const auto guess = static_cast<std::size_t>(std::max_element(row, row + classes) - row);
      right += guess == job_.clips->labels[job_.clips->validation[i]] ? 1 : 0;
    }
    result.validation_accuracy = right / static_cast<double>(job_.clips->validation.size());
    if (!std::isfinite(result.validation_loss)) diverged(result.epoch, 0);
  }

  void note(EpochResult& result) {
    ops_->download(Buffer::kParameters, state_->parameters);
    ops_->download(Buffer::kFirstMoments, state_->first_moments);
    ops_->download(Buffer::kSecondMoments, state_->second_moments);
    result.best = state_->best_epoch == 0 || result.validation_loss < state_->best_loss;
    if (result.best) {
      state_->best_epoch = result.epoch;
      state_->best_loss = result.validation_loss;
      state_->best_parameters = state_->parameters;
    }
    state_->history.push_back(result);
  }

  [[noreturn]] void diverged(int epoch, std::size_t step) const {
    throw Error(ErrorKind::kFailure,
                describe(*job_.model) + ", seed " + std::to_string(job_.seed) +
                    ": training diverged in epoch " + std::to_string(epoch) +
                    (step ? ", step " + std::to_string(step) : std::string(", in validation")) +
                    ": the loss is no longer a number; a smaller /training/optimizer/learning_rate helps");
  }

  TrainedBranch result() {
    ops_->upload(Buffer::kParameters, state_->best_parameters);
    TrainedBranch trained;
    trained.slots = network_.layout.slots();
    trained.parameters = state_->best_parameters;
    trained.history = state_->history;
    trained.best_epoch = state_->best_epoch;
    trained.trained_parameters = network_.layout.trained_count();
    trained.implementations = ops_->implementations();
    const FoldClips& clips = *job_.clips;
    const std::size_t classes = clips.genres.size();
    trained.probabilities.assign(clips.ids.size() * classes, 0);
    for (const auto* part : {&clips.validation, &clips.test}) {
      const auto found = mean_by_clip(predictor_.predict(*part, clips.usable, job_.segment), *part, classes);
      if (!std::all_of(found.begin(), found.end(), [](double p) { return std::isfinite(p); }))
        diverged(state_->best_epoch, 0);
      for (std::size_t i = 0; i < part->size(); ++i)
        // As float, which is what files keep: a branch taken from a file and a fresh one then agree to the
        // bit.
        std::transform(found.data() + i * classes, found.data() + (i + 1) * classes,
                       trained.probabilities.data() + (*part)[i] * classes,
                       [](double p) { return static_cast<float>(p); });
    }
    return trained;
  }

  const BranchJob& job_;
  const TrainingSpec& training_;
  std::unique_ptr<NetworkOps> ops_;
  Network network_;
  Predictor predictor_;
  std::optional<TrainingState> state_;
  std::vector<Crop> crops_;
  std::vector<float> targets_;
};

}  // namespace

TrainedBranch train_branch(const BranchJob& job, const std::vector<BranchData>& inputs) {
  TrainedBranch trained = Trainer(job, inputs).train();
  for (const BranchData& input : inputs) {
    trained.mean.insert(trained.mean.end(), input.mean.begin(), input.mean.end());
    trained.scale.insert(trained.scale.end(), input.scale.begin(), input.scale.end());
  }
  return trained;
}

}  // namespace genretrack
