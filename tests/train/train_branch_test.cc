// One network on invented features: what a training is step by step, and that it resumes from every epoch.
#include "host/train/train_branch.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>

#include "host/core/random.h"
#include "host/train/segments.h"

namespace genretrack {
namespace {

constexpr int kFrames = 60, kSegment = 16;

// 18 clips of three genres that differ in the level of a few rows, unevenly many.
struct Invented {
  FoldClips clips;
  std::vector<BranchData> inputs;
  ModelSpec model;
  TrainingSpec training;
  BranchJob job;

  Invented() {
    clips.genres = {"a", "b", "c"};
    for (std::size_t i = 0; i < 18; ++i) {
      clips.ids.push_back("clip" + std::to_string(i));
      clips.artists.emplace_back();
      clips.labels.push_back(i % 7 == 0 ? 0 : 1 + i % 2);
      clips.usable.push_back(i == 3 ? kSegment : kFrames - static_cast<int>(i));
      (i < 10 ? clips.train : i < 14 ? clips.validation : clips.test).push_back(i);
    }
    inputs = {data(Transform::kSpectrogram, 24, true)};
    job.rows = {24};
    BranchSpec branch;
    branch.architecture = Architecture::kCnn1d;
    branch.channels = {8, 12};
    model.branches = {branch};
    training.batch_size = 6;
    training.epochs = 4;
    training.patience = 0;
  }

  BranchData data(Transform transform, int rows, bool decibel) const {
    BranchData data;
    data.transform = transform;
    data.decibel = decibel;
    data.rows = rows, data.frames = kFrames;
    Random random(1, Purpose::kBootstrap);
    for (const std::size_t label : clips.labels)
      for (int row = 0; row < rows; ++row)
        for (int t = 0; t < kFrames; ++t)
          data.features.push_back(static_cast<float>(4 * random.uniform() + (row / 4 % 3 == int(label))));
    data.mean.assign(std::size_t(rows), 2.3f);
    data.scale.assign(std::size_t(rows), 0.8f);
    return data;
  }

  const BranchJob& prepared() {
    job.model = &model;
    job.training = &training;
    job.clips = &clips;
    job.segment = kSegment;
    job.key = "key";
    return job;
  }

  void everything() {
    training.optimizer = OptimizerType::kSgd;
    training.learning_rate = 0.05;
    training.schedule = Schedule::kOneCycle;
    training.label_smoothing = 0.1;
    training.class_weights = ClassWeights::kBalanced;
    training.gradient_clipping = 0.8;
    training.weight_average = 0.95;
    training.monitor = Monitor::kMacroF1;
    training.augment.time_masks = training.augment.frequency_masks = 2;
    training.augment.time_mask_frames = 4;
    training.augment.frequency_mask_rows = 5;
    training.augment.mixup = 0.4;
    training.augment.stretch = 0.2;
    training.augment.gain_db = 1;
    training.augment.noise_db = 0.5;
    job.overlap = 0.5;
  }
};

class TrainBranchTest : public ::testing::Test {
 protected:
  TrainBranchTest()
      : folder_(std::filesystem::temp_directory_path() / ("genretrack-branch-" + std::to_string(getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  ~TrainBranchTest() override { std::filesystem::remove_all(folder_); }
  TrainedBranch train(Invented& invented, const std::string& checkpoint = "whole.h5") {
    invented.job.checkpoint = folder_ / checkpoint;
    std::filesystem::remove(invented.job.checkpoint);
    return train_branch(invented.prepared(), invented.inputs);
  }
  std::filesystem::path folder_;
};

// The documented default, written out once more: what a specification without the newer fields trains.
std::vector<float> trained_by_hand(Invented& invented, double average) {
  const auto ops = make_network_ops(Device::kCpu, {.batch = 6, .threads = 1});
  const Network network = record_network(*ops, invented.model, {{24}, kSegment, 3});
  ops->prepare(network.layout.slots());
  ops->set_features(network.inputs[0], invented.inputs[0].source());
  std::vector<float> parameters = network.layout.initial_values(1);
  const std::vector<float> zeros(parameters.size());
  ops->upload(Buffer::kParameters, parameters);
  ops->upload(Buffer::kAverage, parameters);
  ops->upload(Buffer::kFirstMoments, zeros);
  ops->upload(Buffer::kSecondMoments, zeros);
  std::int64_t step = 0;
  for (int epoch = 1; epoch <= invented.training.epochs; ++epoch) {
    const std::vector<Crop> order =
        epoch_crops(invented.clips.train, invented.clips.usable, kSegment, true, 1, epoch);
    const std::size_t steps = (order.size() + 5) / 6;
    for (std::size_t s = 0; s < steps; ++s, ++step) {
      std::vector<Crop> crops;
      std::vector<float> targets(18);
      for (std::size_t i = 0; i < 6; ++i) {
        crops.push_back(order[(6 * s + i) % order.size()]);
        targets[3 * i + invented.clips.labels[static_cast<std::size_t>(crops[i].clip)]] = 1;
      }
      ops->gather(network.inputs[0], crops);
      ops->set_targets(targets);
      ops->forward(Mode::kTraining, 1, static_cast<std::uint64_t>(step));
      ops->backward();
      const double turn = M_PI * double(step) / double(steps * std::size_t(invented.training.epochs));
      ops->update({.learning_rate = 1e-3 * 0.5 * (1 + std::cos(turn)),
                   .average_keep = average > 0 ? std::min(average, (1.0 + step) / (10.0 + step)) : 0,
                   .step = step + 1});
    }
  }
  ops->download(average > 0 ? Buffer::kAverage : Buffer::kParameters, parameters);
  return parameters;
}

TEST_F(TrainBranchTest, TheDefaultIsAdamWWithACosineAndNothingElse) {
  Invented invented;
  invented.training.epochs = 1;
  EXPECT_EQ(train(invented).parameters, trained_by_hand(invented, 0));
}

TEST_F(TrainBranchTest, WhatIsKeptIsTheAverage) {
  Invented invented;
  invented.training.epochs = 1;
  invented.training.weight_average = 0.6;
  EXPECT_EQ(train(invented).parameters, trained_by_hand(invented, 0.6));
}

TEST_F(TrainBranchTest, ResumesFromEveryEpochToTheLastBit) {
  struct Stopped {};
  for (const bool everything : {false, true}) {
    Invented invented;
    if (everything) invented.everything();
    const TrainedBranch whole = train(invented);
    for (int epoch = 1; epoch < invented.training.epochs; ++epoch) {
      invented.job.epoch_done = [&](const std::vector<EpochResult>& history) {
        if (int(history.size()) == epoch) throw Stopped();
      };
      EXPECT_THROW(train(invented, "part.h5"), Stopped);
      invented.job.epoch_done = nullptr;
      const TrainedBranch resumed = train_branch(invented.prepared(), invented.inputs);
      EXPECT_EQ(resumed.parameters, whole.parameters) << epoch;
      EXPECT_EQ(resumed.probabilities, whole.probabilities) << epoch;
      EXPECT_EQ(resumed.best_epoch, whole.best_epoch);
      ASSERT_EQ(resumed.history.size(), whole.history.size());
      for (std::size_t e = 0; e < whole.history.size(); ++e) {
        EXPECT_EQ(resumed.history[e].train_loss, whole.history[e].train_loss);
        EXPECT_EQ(resumed.history[e].validation_loss, whole.history[e].validation_loss);
        EXPECT_EQ(resumed.history[e].learning_rate, whole.history[e].learning_rate);
      }
    }
  }
}

TEST_F(TrainBranchTest, EachFieldMakesAnotherTraining) {
  Invented plain;
  plain.training.epochs = 2;
  const std::vector<float> before = train(plain).parameters;
  const std::vector<std::function<void(TrainingSpec&)>> changes = {
      [](TrainingSpec& t) { t.optimizer = OptimizerType::kSgd; },
      [](TrainingSpec& t) { t.schedule = Schedule::kOneCycle; },
      [](TrainingSpec& t) { t.warmup_epochs = 1; },
      [](TrainingSpec& t) { t.label_smoothing = 0.1; },
      [](TrainingSpec& t) { t.class_weights = ClassWeights::kBalanced; },
      [](TrainingSpec& t) { t.gradient_clipping = 1e-3; },
      [](TrainingSpec& t) { t.weight_average = 0.9; },
      [](TrainingSpec& t) { t.augment.time_masks = 1, t.augment.time_mask_frames = 4; },
      [](TrainingSpec& t) { t.augment.frequency_masks = 1; },
      [](TrainingSpec& t) { t.augment.mixup = 0.2; },
      [](TrainingSpec& t) { t.augment.stretch = 0.2; },
      [](TrainingSpec& t) { t.augment.gain_db = 3; },
      [](TrainingSpec& t) { t.augment.noise_db = 1; },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    Invented changed;
    changed.training.epochs = 2;
    changes[i](changed.training);
    EXPECT_NE(train(changed).parameters, before) << i;
  }
}

TEST_F(TrainBranchTest, TheBestEpochIsTheOneThatIsMonitored) {
  for (const Monitor monitor : {Monitor::kLoss, Monitor::kAccuracy, Monitor::kMacroF1}) {
    Invented invented;
    invented.training.epochs = 12;
    invented.training.learning_rate = 0.02;
    invented.training.monitor = monitor;
    const TrainedBranch trained = train(invented);
    const auto value = [&](const EpochResult& r) {
      return monitor == Monitor::kLoss       ? -r.validation_loss
             : monitor == Monitor::kAccuracy ? r.validation_accuracy
                                             : r.validation_macro_f1;
    };
    const EpochResult& best = trained.history[std::size_t(trained.best_epoch) - 1];
    EXPECT_TRUE(best.best);
    for (const EpochResult& r : trained.history) {
      EXPECT_GE(value(best), value(r));
      if (value(r) == value(best)) {
        EXPECT_LE(best.validation_loss, r.validation_loss);
      }
      if (r.epoch > best.epoch) {
        EXPECT_FALSE(r.best);
      }
    }
  }
}

}  // namespace
}  // namespace genretrack
