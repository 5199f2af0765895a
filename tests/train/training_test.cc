// What is trained, from the first clip to the figures, and what is taken from earlier runs.
#include <gtest/gtest.h>

#include "host/core/error.h"
#include "host/train/branch_data.h"
#include "tests/train/dying_child.h"
#include "tests/train/training_fixture.h"

namespace genretrack {
namespace {

// A run in a child that is killed when `what` (part of the branch's description) has finished `epoch` epochs.
void run_and_die(const PreparedRun& run, const FeatureCache& cache, RunOptions options,
                 const std::string& what, int epoch) {
  options.events.epoch = [&](const std::string& name, int done, int, const std::string&) {
    if (name.find(what) != std::string::npos && done == epoch) _exit(kKilled);
  };
  run_and_be_killed([&] { run_training(run, cache, options); });
}

TEST_F(TrainingTest, ARunThatWasKilledEndsAsOneThatWasNot) {
  const FeatureCache cache(folder_ / "features.h5");
  run_and_die(*run_, cache, options("killed"), "spectrogram", 3);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "killed/late/seed-1/checkpoint.h5"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "killed/late/summary.json"));
  run_and_die(*run_, cache, options("killed"), "mfcc", 5);
  run_training(*run_, cache, options("killed"));
  run_training(*run_, cache, options("whole"));
  EXPECT_EQ(predictions("killed"), predictions("whole"));
  EXPECT_EQ(read_file(folder_ / "killed/late/seed-1/model.h5"),
            read_file(folder_ / "whole/late/seed-1/model.h5"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "killed/late/seed-1/checkpoint.h5"));
}

TEST_F(TrainingTest, StandardisesWithTheTrainingPartAlone) {
  const FeatureCache cache(folder_ / "features.h5");
  const FoldClips clips = select_fold(run_->dataset, run_->split.folds.front(), cache, 20);
  const BranchData data = load_branch(cache, Transform::kMfcc, clips, 2);
  ASSERT_EQ(data.rows, 20);
  for (int row = 0; row < data.rows; ++row) {
    double sum = 0, squares = 0, count = 0;
    for (const std::size_t clip : clips.train)
      for (int t = 0; t < clips.usable[clip]; ++t, ++count) {
        const double x = data.features[(clip * 20 + static_cast<std::size_t>(row)) *
                                           static_cast<std::size_t>(data.frames) +
                                       static_cast<std::size_t>(t)];
        sum += x;
        squares += x * x;
      }
    const double mean = sum / count, deviation = std::sqrt(squares / count - mean * mean);
    EXPECT_NEAR(data.mean[static_cast<std::size_t>(row)], mean, 1e-4 * (1 + std::abs(mean)));
    EXPECT_NEAR(data.scale[static_cast<std::size_t>(row)] * deviation, 1, 1e-3);
  }
}

TEST_F(TrainingTest, LearnsWhatIsThere) {
  const FeatureCache cache(folder_ / "features.h5");
  const auto summary = run_training(*run_, cache, options("learned"));
  EXPECT_GE(summary.at("test").at("accuracy").get<double>(), 0.99);
  EXPECT_LT(summary.at("test").at("log_loss").get<double>(), 0.5);
  EXPECT_EQ(summary.at("clips").at("test"), 6);
  EXPECT_EQ(summary.at("trainings").size(), 1u);
}

TEST_F(TrainingTest, AFinishedRunIsNotTrainedAgain) {
  const FeatureCache cache(folder_ / "features.h5");
  RunOptions again = options("learned");
  run_training(*run_, cache, again);
  int epochs = 0;
  again.events.epoch = [&](const std::string&, int, int, const std::string&) { ++epochs; };
  run_training(*run_, cache, again);
  EXPECT_EQ(epochs, 0);
}

TEST_F(TrainingTest, ASingleRunAndTheFusedOneShareTheirBranch) {
  const FeatureCache cache(folder_ / "features.h5");
  PreparedRun single = *run_;
  single.experiment.name = "single";
  single.experiment.model.branches.resize(1);
  single.experiment.model.fusion = Fusion::kNone;
  run_training(single, cache, options("shared"));
  std::vector<std::string> trained;
  RunOptions fused = options("shared");
  fused.events.epoch = [&](const std::string& what, int, int, const std::string&) {
    trained.push_back(what);
  };
  run_training(*run_, cache, fused);
  ASSERT_FALSE(trained.empty());
  for (const std::string& what : trained) EXPECT_NE(what.find("mfcc"), std::string::npos) << what;
}

// Else its files would be of the one number of threads and the summary of the other.
TEST_F(TrainingTest, AFinishedTrainingStaysFinishedWithOtherThreads) {
  const FeatureCache cache(folder_ / "features.h5");
  const auto summary = run_training(*run_, cache, with_branches("threads"));
  std::filesystem::remove(folder_ / "threads/late/summary.json");
  RunOptions other = options("threads");
  other.threads = 1;
  int epochs = 0;
  other.events.epoch = [&](const std::string&, int, int, const std::string&) { ++epochs; };
  EXPECT_EQ(run_training(*run_, cache, other), summary);
  EXPECT_EQ(epochs, 0);
}

TEST_F(TrainingTest, SaysThatATrainingDiverged) {
  const FeatureCache cache(folder_ / "features.h5");
  PreparedRun wild = *run_;
  wild.experiment.name = "wild";
  wild.experiment.training.learning_rate = 1e38;
  try {
    run_training(wild, cache, options("wild"));
    FAIL() << "a training with a learning rate of 1e38 ended well";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kFailure);
    EXPECT_NE(std::string(error.what()).find("diverged"), std::string::npos);
    EXPECT_NE(std::string(error.what()).find("learning_rate"), std::string::npos);
  }
}

}  // namespace
}  // namespace genretrack
