// A planted problem that no transform solves alone: each of two transforms shows one bit of a clip, and the
// genre is whether the bits differ.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "host/cache/cache_writer.h"
#include "host/core/error.h"
#include "host/core/files.h"
#include "host/core/random.h"
#include "host/train/model.h"
#include "host/train/run_training.h"
#include "host/train/state_file.h"
#include "tests/train/dying_child.h"

namespace genretrack {
namespace {

constexpr int kClips = 96;  // 48 train, 24 stop, 24 are reported

class PlantedTest : public ::testing::Test {
 protected:
  PlantedTest() {
    std::string name = std::filesystem::temp_directory_path() / "genretrack-planted-XXXXXX";
    folder_ = mkdtemp(name.data());
    run_.experiment.features.clip_seconds = 1;
    run_.experiment.features.n_mels = 24;
    run_.experiment.features.n_mfcc = 6;
    for (const Transform input : {Transform::kMfcc, Transform::kChromagram}) {
      BranchSpec& branch = run_.experiment.model.branches.emplace_back();
      branch.input = input;
      branch.architecture = Architecture::kCnn1d;
      branch.channels = {16};
      branch.dropout = 0;
    }
    run_.experiment.model.network = run_.experiment.model.branches[0];
    run_.experiment.model.units = {32};
    run_.experiment.model.embedding = 16;
    run_.experiment.model.dropout = 0;
    run_.experiment.training.segment_seconds = 0.5;
    run_.experiment.training.batch_size = 16;
    run_.experiment.training.epochs = 25;
    run_.experiment.training.learning_rate = 1e-2;
    run_.experiment.training.patience = 0;
    run_.experiment.dataset.path = run_.dataset.name = "planted";
    run_.dataset.genres = {"different", "same"};
    run_.split.folds.emplace_back();
    for (int i = 0; i < kClips; ++i) {
      Clip& clip = run_.dataset.clips.emplace_back();
      clip.id = std::to_string(1000 + i);
      clip.genre = bit(i, 0) == bit(i, 1) ? "same" : "different";
      Fold& fold = run_.split.folds[0];
      (i < 48 ? fold.train : i < 72 ? fold.validation : fold.test).push_back(std::size_t(i));
    }
  }
  ~PlantedTest() override { std::filesystem::remove_all(folder_); }

  static int bit(int clip, int which) { return clip >> which & 1; }

  // Bit 0 is in the first row of the MFCC and bit 1 in that of the chromagram, among noise.
  std::filesystem::path cache() const {
    const std::filesystem::path path = folder_ / "planted.h5";
    if (std::filesystem::exists(path)) return path;
    CacheHeader header;
    header.params = run_.experiment.features;
    header.extractor_version = 1;
    header.program_version = "0.1.0";
    header.device = "test";
    for (const Clip& clip : run_.dataset.clips) {
      CachedClip& cached = header.clips.emplace_back();
      cached.id = cached.path = clip.id;
      cached.genre = clip.genre;
    }
    CacheWriter writer(path, header);
    CacheWriter::Scratch scratch;
    for (int i = 0; i < kClips; ++i) {
      Random random(static_cast<std::uint64_t>(i), Purpose::kBootstrap);
      std::array<std::vector<float>, kTransformCount> maps;
      std::array<std::span<const float>, kTransformCount> spans;
      const auto frames = static_cast<std::size_t>(header.params.frame_count());
      for (const Transform t : kTransforms) {
        std::vector<float>& map = maps[std::size_t(t)];
        map.resize(std::size_t(header.params.rows(t)) * frames);
        for (float& value : map) value = static_cast<float>(random.uniform() - 0.5);
        const int which = t == Transform::kMfcc ? 0 : t == Transform::kChromagram ? 1 : -1;
        if (which >= 0)
          for (std::size_t f = 0; f < frames; ++f) map[f] += bit(i, which) ? 2.0f : -2.0f;
        spans[std::size_t(t)] = map;
      }
      writer.write(std::size_t(i), spans, {1.0, std::uint64_t(i) + 1, {}, {100, 1, 1}}, scratch);
    }
    writer.finish();
    return path;
  }

  PreparedRun with(Fusion fusion, const std::string& name) const {
    PreparedRun run = run_;
    run.experiment.name = name;
    run.experiment.model.fusion = fusion;
    return run;
  }
  RunOptions options(const std::string& runs = "runs") const {
    RunOptions options;
    options.runs = folder_ / runs;
    options.device = Device::kCpu;
    options.threads = 2;
    return options;
  }
  double accuracy(Fusion fusion, const std::string& name) {
    return run_training(with(fusion, name), FeatureCache(cache()), options())
        .at("test")
        .at("accuracy")
        .get<double>();
  }
  std::vector<std::vector<std::string>> table(const std::filesystem::path& path) const {
    std::ifstream file(path);
    std::vector<std::vector<std::string>> rows;
    for (std::string line; std::getline(file, line);) {
      std::stringstream cells(line);
      rows.emplace_back();
      for (std::string cell; std::getline(cells, cell, ',');) rows.back().push_back(cell);
    }
    return rows;
  }

  std::filesystem::path folder_;
  PreparedRun run_;
};

TEST_F(PlantedTest, AJointTrainingThatWasKilledEndsAsOneThatWasNot) {
  const std::filesystem::path file = cache();
  const PreparedRun run = with(Fusion::kGated, "gated");
  run_and_be_killed([&] {
    RunOptions dying = options("killed");
    dying.events.epoch = [](const std::string&, int done, int, const std::string&) {
      if (done == 7) _exit(kKilled);
    };
    run_training(run, FeatureCache(file), dying);
  });
  for (const char* runs : {"killed", "whole"}) run_training(run, FeatureCache(file), options(runs));
  for (const char* name : {"model.h5", "predictions.csv", "branches.csv"})
    EXPECT_EQ(read_file(folder_ / "killed/gated/seed-1" / name),
              read_file(folder_ / "whole/gated/seed-1" / name))
        << name;
}

TEST_F(PlantedTest, BranchesThatAreTrainedTogetherLearnWhatNoTransformShowsAlone) {
  EXPECT_GE(accuracy(Fusion::kEarly, "early"), 0.95);
  EXPECT_GE(accuracy(Fusion::kFeature, "feature"), 0.95);
  EXPECT_GE(accuracy(Fusion::kGated, "gated"), 0.95);
}

// Averages and weights of answers that know nothing still know nothing; stacking is linear in their
// logarithms.
TEST_F(PlantedTest, BranchesThatAreTrainedAloneDoNot) {
  EXPECT_LE(accuracy(Fusion::kLate, "late"), 0.75);
  EXPECT_LE(accuracy(Fusion::kWeighted, "weighted"), 0.75);
  EXPECT_LE(accuracy(Fusion::kStacking, "stacking"), 0.8);
}

TEST_F(PlantedTest, EachBranchsOwnAnswersAreKept) {
  run_.experiment.training.epochs = 8;
  accuracy(Fusion::kGated, "gated");
  accuracy(Fusion::kFeature, "feature");
  for (const char* name : {"gated", "feature"}) {
    const auto rows = table(folder_ / "runs" / name / "seed-1/branches.csv");
    ASSERT_EQ(rows.size(), 1u + 2 * 48);
    EXPECT_EQ(rows[0],
              (std::vector<std::string>{"part", "clip", "truth", "branch", "weight", "different", "same"}));
    for (std::size_t i = 1; i < rows.size(); i += 2) {
      EXPECT_EQ(rows[i][3], "mfcc");
      EXPECT_EQ(rows[i + 1][3], "chromagram");
      for (const std::size_t r : {i, i + 1})
        EXPECT_NEAR(std::stod(rows[r][5]) + std::stod(rows[r][6]), 1, 1e-5);
      if (rows[i][4].empty()) continue;
      EXPECT_NEAR(std::stod(rows[i][4]) + std::stod(rows[i + 1][4]), 1, 1e-5);
    }
    EXPECT_EQ(rows[1][4].empty(), std::string(name) == "feature");
  }
}

// The genres of the test clips are turned round: whoever looked at them would fit other weights.
TEST_F(PlantedTest, FittedWeightsNeverSeeTestClips) {
  run_.experiment.training.epochs = 3;
  for (const Fusion fusion : {Fusion::kWeighted, Fusion::kStacking}) {
    std::vector<StateFile> models;
    for (const bool turned : {false, true}) {
      PreparedRun run = with(fusion, std::string(turned ? "turned" : "plain") + std::to_string(int(fusion)));
      if (turned)
        for (const std::size_t clip : run.split.folds[0].test)
          run.dataset.clips[clip].genre = run.dataset.clips[clip].genre == "same" ? "different" : "same";
      run_training(run, FeatureCache(cache()), options());
      models.push_back(StateFile::load(folder_ / "runs" / run.experiment.name / "seed-1/model.h5"));
    }
    const char* what = fusion == Fusion::kWeighted ? "fusion/weights" : "fusion/stacking/weights";
    EXPECT_EQ(models[0].array(what).values, models[1].array(what).values);
  }
}

TEST_F(PlantedTest, AJointModelIsAppliedAsItWasTrained) {
  run_.experiment.training.epochs = 6;
  for (const Fusion fusion : {Fusion::kEarly, Fusion::kFeature, Fusion::kGated, Fusion::kWeighted}) {
    const std::string name = "model" + std::to_string(int(fusion));
    accuracy(fusion, name);
    const std::filesystem::path training = folder_ / "runs" / name / "seed-1";
    Models models({training / "model.h5"}, Device::kCpu, 2);
    const FeatureCache features(cache());
    SegmentBatch batch;
    const auto frames = std::size_t(features.params().frame_count()),
               segment = std::size_t(models.segment_frames());
    const std::size_t last = frames - segment;  // two segments: at both ends
    batch.count = 2;
    for (const Transform t : {Transform::kMfcc, Transform::kChromagram}) {
      const auto rows = std::size_t(features.params().rows(t));
      std::vector<float> map(rows * frames);
      features.read(t, std::vector<std::size_t>{95}, map, 1);
      for (const std::size_t start : {std::size_t{0}, last})
        for (std::size_t r = 0; r < rows; ++r)
          for (std::size_t f = 0; f < segment; ++f)
            batch.features[std::size_t(t)].push_back(map[r * frames + start + f]);
    }
    const SegmentAnswers answer = models.answer(batch).at(0);
    const auto rows = table(training / "predictions.csv");
    ASSERT_EQ(rows.back()[1], "1095");
    std::vector<std::vector<double>> means;
    for (const std::vector<double>& each : answer.networks)
      means.push_back({(each[0] + each[2]) / 2, (each[1] + each[3]) / 2});
    EXPECT_NEAR(models.join(0, means)[0], std::stod(rows.back()[3]), 1e-5) << name;
  }
}

}  // namespace
}  // namespace genretrack
