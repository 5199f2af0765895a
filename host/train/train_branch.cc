#include "host/train/train_branch.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "host/analysis/metrics.h"
#include "host/core/interrupt.h"
#include "host/train/checkpoint.h"
#include "host/train/joint_answers.h"
#include "host/train/predict.h"
#include "host/train/schedule.h"
#include "host/train/training_steps.h"

namespace genretrack {
namespace {

// Whether `result` is better than `best` by what the training monitors.
bool improves(const EpochResult& result, const EpochResult& best, Monitor monitor) {
  const double gain = monitor == Monitor::kAccuracy  ? result.validation_accuracy - best.validation_accuracy
                      : monitor == Monitor::kMacroF1 ? result.validation_macro_f1 - best.validation_macro_f1
                                                     : 0;
  return gain > 0 || (gain == 0 && result.validation_loss < best.validation_loss);
}

class Trainer {
 public:
  Trainer(const BranchJob& job, const std::vector<BranchData>& inputs)
      : job_(job),
        training_(*job.training),
        steps_(job, inputs),
        ops_(steps_.ops()),
        predictor_(ops_, steps_.network().inputs, training_.batch_size,
                   static_cast<int>(job.clips->genres.size())) {}

  TrainedBranch train() {
    state_ = load_checkpoint(job_.checkpoint, job_.key, steps_.network().layout);
    if (!state_) state_ = fresh_state(steps_.network().layout, job_.seed);
    ops_.upload(Buffer::kParameters, state_->parameters);
    ops_.upload(Buffer::kFirstMoments, state_->first_moments);
    ops_.upload(Buffer::kSecondMoments, state_->second_moments);
    if (averages()) ops_.upload(Buffer::kAverage, state_->average);
    if (!state_->history.empty() && job_.epoch_done) job_.epoch_done(state_->history);
    while (!finished()) {
      run_epoch();
      save_checkpoint(job_.checkpoint, job_.key, *state_);
      if (job_.epoch_done) job_.epoch_done(state_->history);
    }
    return result();
  }

 private:
  bool averages() const { return training_.weight_average > 0; }
  int epoch() const { return static_cast<int>(state_->history.size()); }
  bool finished() const {
    const bool patience_over = training_.patience > 0 && epoch() - state_->best_epoch >= training_.patience;
    return epoch() >= training_.epochs || (epoch() > 0 && patience_over);
  }

  void run_epoch() {
    const auto start = std::chrono::steady_clock::now();
    EpochResult result;
    result.epoch = epoch() + 1;
    const auto steps = static_cast<std::int64_t>(steps_.steps_per_epoch());
    double loss = 0;
    for (std::int64_t s = 0; s < steps; ++s) {
      throw_if_interrupted("the last finished epoch is kept; run the same command again to go on");
      const std::int64_t step = steps * epoch() + s;
      result.learning_rate = learning_rate(training_, step, steps);
      loss += steps_.train(step, result.learning_rate);
      if (!std::isfinite(loss)) diverged(result.epoch, s + 1);
    }
    result.train_loss = loss / static_cast<double>(steps);
    download();
    // What is kept in the end is what is validated.
    if (averages()) ops_.upload(Buffer::kParameters, state_->average);
    validate(result);
    if (averages()) ops_.upload(Buffer::kParameters, state_->parameters);
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    note(result);
  }

  void download() {
    ops_.download(Buffer::kParameters, state_->parameters);
    ops_.download(Buffer::kFirstMoments, state_->first_moments);
    ops_.download(Buffer::kSecondMoments, state_->second_moments);
    if (averages()) ops_.download(Buffer::kAverage, state_->average);
  }

  void validate(EpochResult& result) {
    const SegmentPredictions found =
        predictor_.predict(job_.clips->validation, job_.clips->usable, job_.segment);
    const std::size_t classes = job_.clips->genres.size();
    double loss = 0;
    for (std::size_t s = 0; s < found.clip.size(); ++s)
      loss -= found.log_probabilities[s * classes + job_.clips->labels[found.clip[s]]];
    result.validation_loss = loss / static_cast<double>(found.clip.size());
    Predictions clips;
    clips.genres = job_.clips->genres;
    clips.probabilities = mean_by_clip(found, job_.clips->validation, classes);
    for (const std::size_t clip : job_.clips->validation) {
      clips.clips.push_back(job_.clips->ids[clip]);
      clips.truth.push_back(job_.clips->labels[clip]);
    }
    const Metrics metrics = compute_metrics(clips);
    result.validation_accuracy = metrics.accuracy;
    result.validation_macro_f1 = metrics.macro_f1;
    if (!std::isfinite(result.validation_loss)) diverged(result.epoch, 0);
  }

  void note(EpochResult& result) {
    result.best = state_->best_epoch == 0 ||
                  improves(result, state_->history[static_cast<std::size_t>(state_->best_epoch) - 1],
                           training_.monitor);
    if (result.best) {
      state_->best_epoch = result.epoch;
      state_->best_parameters = averages() ? state_->average : state_->parameters;
    }
    state_->history.push_back(result);
  }

  [[noreturn]] void diverged(int epoch, std::int64_t step) const {
    refuse_divergence(job_, "epoch " + std::to_string(epoch) +
                                (step ? ", step " + std::to_string(step) : std::string(", in validation")));
  }

  TrainedBranch result() {
    ops_.upload(Buffer::kParameters, state_->best_parameters);
    TrainedBranch trained;
    trained.slots = steps_.network().layout.slots();
    trained.parameters = state_->best_parameters;
    trained.history = state_->history;
    trained.best_epoch = state_->best_epoch;
    trained.trained_parameters = steps_.network().layout.trained_count();
    trained.implementations = ops_.implementations();
    const FoldClips& clips = *job_.clips;
    const std::size_t classes = clips.genres.size();
    trained.probabilities.assign(clips.ids.size() * classes, 0);
    for (const auto* part : {&clips.validation, &clips.test}) {
      const auto found =
          mean_by_clip(predictor_.predict(*part, clips.usable, job_.segment, job_.overlap), *part, classes);
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
  TrainingSteps steps_;
  NetworkOps& ops_;
  Predictor predictor_;
  std::optional<TrainingState> state_;
};

}  // namespace

TrainedBranch train_branch(const BranchJob& job, const std::vector<BranchData>& inputs) {
  TrainedBranch trained = Trainer(job, inputs).train();
  for (const BranchData& input : inputs) {
    trained.mean.insert(trained.mean.end(), input.mean.begin(), input.mean.end());
    trained.scale.insert(trained.scale.end(), input.scale.begin(), input.scale.end());
  }
  if (is_joint(job.model->fusion)) answer_by_branch(job, inputs, &trained);
  return trained;
}

}  // namespace genretrack
