// Whole trainings on three kinds of generated sound that a small network tells apart.
#include <gtest/gtest.h>
#include <sndfile.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>
#include <sstream>

#include "host/core/error.h"
#include "host/core/files.h"
#include "host/core/random.h"
#include "host/pipeline/build_cache.h"
#include "host/spec/read_experiment.h"
#include "host/train/branch_data.h"
#include "host/train/model.h"
#include "host/train/run_folder.h"
#include "host/train/run_training.h"
#include "host/train/segments.h"
#include "host/train/state_file.h"

namespace genretrack {
namespace {

constexpr int kRate = 22050;

void write_wav(const std::filesystem::path& path, const std::vector<float>& samples) {
  SF_INFO info = {};
  info.samplerate = kRate;
  info.channels = 1;
  info.format = SF_FORMAT_WAV | SF_FORMAT_PCM_16;
  SNDFILE* file = sf_open(path.c_str(), SFM_WRITE, &info);
  ASSERT_NE(file, nullptr);
  sf_writef_float(file, samples.data(), static_cast<sf_count_t>(samples.size()));
  sf_close(file);
}

// "high" and "low" are tones of changing pitch, "noise" is noise.
std::vector<float> sound(const std::string& genre, std::uint64_t index) {
  Random random(index, Purpose::kBootstrap);
  std::vector<float> samples(kRate * 3 / 2);
  const double pitch = (genre == "high" ? 2000 : 200) * (1 + random.uniform());
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double turn = 2 * std::numbers::pi * pitch * static_cast<double>(i) / kRate;
    const double tone = genre == "noise" ? 0.6 * (random.uniform() - 0.5) : 0.3 * std::sin(turn);
    samples[i] = static_cast<float>(tone + 0.01 * (random.uniform() - 0.5));
  }
  return samples;
}

class TrainingTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::filesystem::temp_directory_path() / ("genretrack-train-" + std::to_string(::getpid()));
    for (const std::string genre : {"high", "low", "noise"}) {
      std::filesystem::create_directories(folder_ / "data" / genre);
      for (std::uint64_t i = 0; i < 10; ++i)
        write_wav(folder_ / "data" / genre / (genre + std::to_string(i) + ".wav"), sound(genre, i));
    }
    PreparedRun& run = *(run_ = new PreparedRun);
    run.experiment.name = "late";
    run.experiment.features.clip_seconds = 1.5;
    BranchSpec cnn;
    cnn.architecture = Architecture::kCnn1d;  // knows high from low; a cnn2d does not care where a line is
    cnn.channels = {16, 16};
    BranchSpec dense;
    dense.input = Transform::kMfcc;
    dense.architecture = Architecture::kDense;
    dense.units = {16};
    run.experiment.model.branches = {cnn, dense};
    run.experiment.model.fusion = Fusion::kLate;
    run.experiment.training.segment_seconds = 0.5;
    run.experiment.training.batch_size = 8;
    run.experiment.training.epochs = 8;
    run.experiment.training.learning_rate = 1e-2;
    run.experiment.training.patience = 0;
    run.experiment.dataset.path = (folder_ / "data").string();
    run.dataset = read_dataset(folder_ / "data");
    run.experiment.dataset.split.validation_group = Grouping::kNone;
    run.split = make_split(run.dataset, run.experiment.dataset.split);
    build_cache(run.dataset, run.experiment.features, folder_ / "features.h5", {});
  }
  static void TearDownTestSuite() {
    delete run_;
    std::filesystem::remove_all(folder_);
  }

  static RunOptions options(const std::string& runs) {
    RunOptions options;
    options.runs = folder_ / runs;
    options.device = Device::kCpu;
    options.threads = 2;
    return options;
  }
  // For tests that need no training of their own: the branches are there already.
  static RunOptions with_branches(const std::string& runs) {
    if (!std::filesystem::exists(folder_ / "store"))
      run_training(*run_, FeatureCache(folder_ / "features.h5"), options("store"));
    std::filesystem::create_directories(folder_ / runs);
    std::filesystem::copy(
        folder_ / "store/.branches", folder_ / runs / ".branches",
        std::filesystem::copy_options::recursive | std::filesystem::copy_options::skip_existing);
    return options(runs);
  }
  static std::string predictions(const std::string& runs) {
    return read_file(folder_ / runs / "late" / "seed-1" / "predictions.csv");
  }

  // Runs in a child that dies without warning when `what` (part of the branch's description) has finished
  // `epoch` epochs.
  static void run_and_die(const std::string& runs, const std::string& what, int epoch) {
    const pid_t child = fork();
    if (child == 0) {
      RunOptions dying = options(runs);
      dying.events.epoch = [&](const std::string& name, int done, int, const std::string&) {
        if (name.find(what) != std::string::npos && done == epoch) _exit(9);
      };
      run_training(*run_, FeatureCache(folder_ / "features.h5"), dying);
      _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFEXITED(status));
    ASSERT_EQ(WEXITSTATUS(status), 9);
  }

  inline static std::filesystem::path folder_;
  inline static PreparedRun* run_ = nullptr;
};

// Forking comes first: a child made after OpenMP has started its threads here would wait for them forever.
TEST_F(TrainingTest, ARunThatWasKilledEndsAsOneThatWasNot) {
  run_and_die("killed", "spectrogram", 3);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "killed/late/seed-1/checkpoint.h5"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "killed/late/summary.json"));
  run_and_die("killed", "mfcc", 5);
  const FeatureCache cache(folder_ / "features.h5");
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

TEST_F(TrainingTest, RefusesAnotherExperimentOfTheSameName) {
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

TEST_F(TrainingTest, RefusesDamagedFilesWithTheRemedy) {
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

TEST_F(TrainingTest, RefusesResultsOfOtherRecordings) {
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

TEST_F(TrainingTest, WritesAgainWhatIsMissingInATraining) {
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

TEST_F(TrainingTest, TrainsAgainWhereTheBranchesOfAResultAreGone) {
  const FeatureCache cache(folder_ / "features.h5");
  run_training(*run_, cache, with_branches("gone"));
  const std::string before = predictions("gone");
  std::filesystem::remove_all(folder_ / "gone/.branches");
  std::filesystem::remove(folder_ / "gone/late/summary.json");
  run_training(*run_, cache, options("gone"));
  EXPECT_EQ(predictions("gone"), before);
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

TEST_F(TrainingTest, RemovesACheckpointWhoseBranchCameFromTheStore) {
  const FeatureCache cache(folder_ / "features.h5");
  run_training(*run_, cache, with_branches("leftover"));
  const std::filesystem::path training = folder_ / "leftover/late/seed-1";
  std::filesystem::remove(training / "result.json");
  write_file_atomically(training / "checkpoint.h5", "killed before it was removed");
  run_training(*run_, cache, options("leftover"));
  EXPECT_FALSE(std::filesystem::exists(training / "checkpoint.h5"));
}

TEST_F(TrainingTest, NeverEmptiesAFolderOfSomethingElse) {
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

// As a --force that was killed could leave one, were spec.json not the last to go.
TEST_F(TrainingTest, RefusesResultsWithoutTheirSpec) {
  const FeatureCache cache(folder_ / "features.h5");
  const RunOptions options = with_branches("orphaned");
  run_training(*run_, cache, options);
  std::filesystem::remove(folder_ / "orphaned/late/spec.json");
  EXPECT_THROW(check_run_folder(options.runs, run_->experiment), Error);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "orphaned/late/summary.json"));
}

TEST_F(TrainingTest, SaysWhereAFolderCannotBeMade) {
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

TEST_F(TrainingTest, RefusesASummaryThatLacksFields) {
  const FeatureCache cache(folder_ / "features.h5");
  run_training(*run_, cache, with_branches("hollow"));
  write_file_atomically(folder_ / "hollow/late/summary.json", "{\"test\": {\"accuracy\": null}}");
  EXPECT_THROW(run_training(*run_, cache, options("hollow")), Error);
}

// Probabilities of the test clips by a loaded model, as predictions.csv has them.
TEST_F(TrainingTest, ALoadedModelSaysWhatTheTrainedOneDid) {
  const FeatureCache cache(folder_ / "features.h5");
  run_training(*run_, cache, with_branches("loaded"));
  Models models({folder_ / "loaded/late/seed-1/model.h5"}, Device::kCpu, 2);
  const int segment = models.segment_frames();
  const FoldClips clips = select_fold(run_->dataset, run_->split.folds.front(), cache, segment);
  EXPECT_EQ(models.genres(), clips.genres);
  EXPECT_EQ(models.inputs(), (std::array<bool, kTransformCount>{true, false, true, false}));
  for (const auto* part : {&clips.validation, &clips.test})
    for (const std::size_t clip : *part) {
      SegmentBatch batch;
      for (const int start : even_starts(clips.usable[clip], segment)) {
        ++batch.count;
        for (const Transform t : {Transform::kSpectrogram, Transform::kMfcc}) {
          const auto rows = static_cast<std::size_t>(cache.params().rows(t)),
                     frames = static_cast<std::size_t>(cache.params().frame_count());
          std::vector<float> all(rows * frames);
          cache.read(t, std::vector<std::size_t>{clips.cache_rows[clip]}, all);
          for (std::size_t row = 0; row < rows; ++row) {
            const auto from = all.begin() + static_cast<std::ptrdiff_t>(row * frames) + start;
            auto& to = batch.features[static_cast<std::size_t>(t)];
            to.insert(to.end(), from, from + segment);
          }
        }
      }
      const std::vector<SegmentAnswers> answers = models.answer(batch);
      ASSERT_EQ(answers.size(), 1u);
      ASSERT_EQ(answers[0].embeddings.size(), batch.count * models.embedding_size());
      const std::string told = predictions("loaded");
      const std::size_t line = told.find("," + clips.ids[clip] + ",");
      ASSERT_NE(line, std::string::npos);
      std::istringstream fields(told.substr(line + clips.ids[clip].size() + 2));
      std::string field;
      std::getline(fields, field, ',');  // truth
      for (std::size_t g = 0; g < 3; ++g) {
        std::getline(fields, field, g == 2 ? '\n' : ',');
        double mean = 0;
        for (std::size_t s = 0; s < batch.count; ++s)
          mean += answers[0].probabilities[s * 3 + g] / static_cast<double>(batch.count);
        EXPECT_NEAR(mean, std::stod(field), 1e-5);
      }
    }
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
