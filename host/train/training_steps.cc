#include "host/train/training_steps.h"

#include "host/core/error.h"
#include "host/train/schedule.h"
#include "host/train/segments.h"

namespace genretrack {
namespace {

ModelShape shape_of(const BranchJob& job) {
  return {job.rows, job.segment, static_cast<int>(job.clips->genres.size())};
}

}  // namespace

TrainingSteps::TrainingSteps(const BranchJob& job, const std::vector<BranchData>& inputs)
    : job_(job),
      training_(*job.training),
      inputs_(inputs),
      ops_(make_network_ops(job.device, {.batch = training_.batch_size, .threads = job.threads})),
      network_(record_network(*ops_, *job.model, shape_of(job))),
      targets_(training_, *job.clips, job.segment),
      crops_(static_cast<std::size_t>(training_.batch_size)) {
  ops_->prepare(network_.layout.slots());
  for (std::size_t i = 0; i < inputs.size(); ++i) ops_->set_features(network_.inputs[i], inputs[i].source());
  std::size_t segments = 0;
  for (const std::size_t clip : job.clips->train)
    segments += static_cast<std::size_t>(segment_count(job.clips->usable[clip], job.segment));
  steps_ = (segments + crops_.size() - 1) / crops_.size();
}

void TrainingSteps::choose_crops(std::int64_t step) {
  const auto steps = static_cast<std::int64_t>(steps_);
  const auto epoch = static_cast<int>(step / steps) + 1;
  if (epoch != epoch_)
    order_ = epoch_crops(job_.clips->train, job_.clips->usable, job_.segment, training_.random_crop,
                         job_.seed, epoch);
  epoch_ = epoch;
  // The last batch is filled up from the beginning of the epoch's order: batch norm wants whole batches.
  const std::size_t first = static_cast<std::size_t>(step % steps) * crops_.size();
  for (std::size_t i = 0; i < crops_.size(); ++i) crops_[i] = order_[(first + i) % order_.size()];
}

double TrainingSteps::train(std::int64_t step, double rate) {
  choose_crops(step);
  const StepKey key{job_.seed, step};
  draw_segment_changes(training_.augment, job_.clips->usable, job_.segment, key, crops_);
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    changed_ = crops_;
    draw_input_changes(training_.augment, {inputs_[i].transform, inputs_[i].rows, inputs_[i].decibel}, key,
                       changed_);
    ops_->gather(network_.inputs[i], changed_);
  }
  ops_->set_targets(targets_.of(crops_));
  ops_->forward(Mode::kTraining, job_.seed, static_cast<std::uint64_t>(step));
  ops_->backward();
  update(step, rate);
  return ops_->loss();  // of the forward pass; last, so that a device has the whole step at once
}

void TrainingSteps::update(std::int64_t step, double rate) {
  Update update;
  update.optimizer = training_.optimizer == OptimizerType::kSgd ? Optimizer::kSgd : Optimizer::kAdamW;
  update.learning_rate = rate;
  update.weight_decay = training_.weight_decay;
  update.momentum = momentum(training_, step, static_cast<std::int64_t>(steps_));
  update.max_gradient_norm = training_.gradient_clipping;
  update.average_keep = training_.weight_average > 0 ? average_keep(training_, step) : 0;
  update.step = step + 1;
  ops_->update(update);
}

void refuse_divergence(const BranchJob& job, const std::string& where) {
  throw Error(ErrorKind::kFailure, describe(*job.model) + ", seed " + std::to_string(job.seed) +
                                       ": training diverged in " + where +
                                       ": the loss is no longer a number; a smaller "
                                       "/training/optimizer/learning_rate helps");
}

}  // namespace genretrack
