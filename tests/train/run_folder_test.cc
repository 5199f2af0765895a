// Run folders that hold something else, are damaged, or lack what they once had.
#include "host/train/run_folder.h"

#include <gtest/gtest.h>

#include "host/core/error.h"
#include "host/spec/read_experiment.h"
#include "tests/train/training_fixture.h"

namespace genretrack {
namespace {

class RunFolderTest : public TrainingTest {};

TEST_F(RunFolderTest, RefusesAnotherExperimentOfTheSameName) {
  const FeatureCache cache(folder_ / "features.h5");
  run_training(*run_, cache, with_branches("named"));
  PreparedRun other = *run_;
  other.experiment.training.epochs = 9;
  try {
    run_training(other, cache, options("named"));
    FAIL() << "a run was overwritten";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kData);
    EXPECT_NE(std::string(error.what()).find("/training/epochs"), std::string::npos) << error.what();
  }
  RunOptions forced = options("named");
  forced.force = true;
  EXPECT_EQ(run_training(other, cache, forced).at("trainings")[0].at("epochs"), 18);
}

TEST_F(RunFolderTest, RefusesDamagedFilesWithTheRemedy) {
  const FeatureCache cache(folder_ / "features.h5");
  run_training(*run_, cache, with_branches("damaged"));
  for (const char* file : {"summary.json", "spec.json"}) {
    const std::filesystem::path path = folder_ / "damaged/late" / file;
    const std::string good = read_file(path);
    write_file_atomically(path, good.substr(0, good.size() / 2));
    try {
      run_training(*run_, cache, options("damaged"));
      ADD_FAILURE() << file << " was believed";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kData);
      EXPECT_NE(std::string(error.what()).find(file), std::string::npos);
      EXPECT_NE(std::string(error.what()).find("--force"), std::string::npos);
    }
    write_file_atomically(path, good);
  }
}

TEST_F(RunFolderTest, RefusesASummaryThatLacksFields) {
  const FeatureCache cache(folder_ / "features.h5");
  run_training(*run_, cache, with_branches("hollow"));
  write_file_atomically(folder_ / "hollow/late/summary.json", "{\"test\": {\"accuracy\": null}}");
  EXPECT_THROW(run_training(*run_, cache, options("hollow")), Error);
}

TEST_F(RunFolderTest, RefusesResultsOfOtherRecordings) {
  const FeatureCache cache(folder_ / "features.h5");
  run_training(*run_, cache, with_branches("changed"));
  PreparedRun other = *run_;
  std::swap(other.split.folds[0].train[0], other.split.folds[0].test[0]);
  for (const bool summary : {true, false}) {
    if (!summary) std::filesystem::remove(folder_ / "changed/late/summary.json");
    try {
      run_training(other, cache, options("changed"));
      ADD_FAILURE() << "results of another split were believed";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kData);
      EXPECT_NE(std::string(error.what()).find("seed-1"), std::string::npos) << error.what();
      EXPECT_NE(std::string(error.what()).find("--force"), std::string::npos) << error.what();
    }
  }
}

// As a --force that was killed could leave one, were spec.json not the last to go.
TEST_F(RunFolderTest, RefusesResultsWithoutTheirSpec) {
  const FeatureCache cache(folder_ / "features.h5");
  const RunOptions options = with_branches("orphaned");
  run_training(*run_, cache, options);
  std::filesystem::remove(folder_ / "orphaned/late/spec.json");
  EXPECT_THROW(check_run_folder(options.runs, run_->experiment), Error);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "orphaned/late/summary.json"));
}

TEST_F(RunFolderTest, WritesAgainWhatIsMissingInATraining) {
  const FeatureCache cache(folder_ / "features.h5");
  const auto summary = run_training(*run_, cache, with_branches("holes"));
  const std::string before = predictions("holes");
  const std::filesystem::path training = folder_ / "holes/late/seed-1";
  for (const char* file : {"predictions.csv", "result.json", "model.h5", "metrics.jsonl"}) {
    std::filesystem::remove(training / file);
    EXPECT_EQ(run_training(*run_, cache, options("holes")).at("test"), summary.at("test"));
    EXPECT_TRUE(std::filesystem::exists(training / file)) << file;
    EXPECT_EQ(predictions("holes"), before);
  }
}

TEST_F(RunFolderTest, TrainsAgainWhereTheBranchesOfAResultAreGone) {
  const FeatureCache cache(folder_ / "features.h5");
  run_training(*run_, cache, with_branches("gone"));
  const std::string before = predictions("gone");
  std::filesystem::remove_all(folder_ / "gone/.branches");
  std::filesystem::remove(folder_ / "gone/late/summary.json");
  run_training(*run_, cache, options("gone"));
  EXPECT_EQ(predictions("gone"), before);
}

TEST_F(RunFolderTest, RemovesACheckpointWhoseBranchCameFromTheStore) {
  const FeatureCache cache(folder_ / "features.h5");
  run_training(*run_, cache, with_branches("leftover"));
  const std::filesystem::path training = folder_ / "leftover/late/seed-1";
  std::filesystem::remove(training / "result.json");
  write_file_atomically(training / "checkpoint.h5", "killed before it was removed");
  run_training(*run_, cache, options("leftover"));
  EXPECT_FALSE(std::filesystem::exists(training / "checkpoint.h5"));
}

TEST_F(RunFolderTest, NeverEmptiesAFolderOfSomethingElse) {
  const FeatureCache cache(folder_ / "features.h5");
  std::filesystem::create_directories(folder_ / "letters/late");
  write_file_atomically(folder_ / "letters/late/diary.txt", "dear diary");
  for (const bool force : {false, true}) {
    RunOptions options = TrainingTest::options("letters");
    options.force = force;
    try {
      run_training(*run_, cache, options);
      ADD_FAILURE() << "a folder of letters became a run folder";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kData);
      EXPECT_NE(std::string(error.what()).find("diary.txt"), std::string::npos) << error.what();
    }
  }
  EXPECT_EQ(read_file(folder_ / "letters/late/diary.txt"), "dear diary");
}

TEST_F(RunFolderTest, SaysWhereAFolderCannotBeMade) {
  const FeatureCache cache(folder_ / "features.h5");
  for (const char* blocked : {"late", "late/seed-1", ".branches"}) {
    const std::filesystem::path path = folder_ / "blocked" / blocked;
    std::filesystem::remove_all(folder_ / "blocked");
    RunOptions options = TrainingTest::options("blocked");
    { const RunFolder made(options.runs, "late", to_json(run_->experiment), false); }
    std::filesystem::remove_all(path);
    write_file_atomically(path, "a file");
    try {
      run_training(*run_, cache, options);
      ADD_FAILURE() << blocked;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kData);
      EXPECT_NE(std::string(error.what()).find(path.string()), std::string::npos) << error.what();
    }
  }
}

}  // namespace
}  // namespace genretrack
