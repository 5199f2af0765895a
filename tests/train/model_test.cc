// Models loaded from their files.
#include "host/train/model.h"

#include <gtest/gtest.h>

#include "host/core/csv.h"
#include "host/core/error.h"
#include "host/spec/choices.h"
#include "host/train/branch_data.h"
#include "host/train/segments.h"
#include "tests/train/training_fixture.h"

namespace genretrack {
namespace {

class ModelTest : public TrainingTest {
 protected:
  static PreparedRun fused_by(Fusion fusion) {
    PreparedRun run = *run_;
    run.experiment.name = choice_name(fusion);
    run.experiment.model.fusion = fusion;
    run.experiment.evaluation.overlap = 0.4;
    return run;
  }

  static SegmentBatch segments_of(const FeatureCache& cache, std::size_t row, const std::vector<int>& starts,
                                  int segment) {
    SegmentBatch batch;
    batch.count = starts.size();
    const auto frames = static_cast<std::size_t>(cache.params().frame_count());
    for (const Transform t : {Transform::kSpectrogram, Transform::kMfcc}) {
      const auto rows = static_cast<std::size_t>(cache.params().rows(t));
      std::vector<float> all(rows * frames);
      cache.read(t, std::vector<std::size_t>{row}, all);
      std::vector<float>& to = batch.features[static_cast<std::size_t>(t)];
      for (const int start : starts)
        for (std::size_t r = 0; r < rows; ++r) {
          const auto from = all.begin() + static_cast<std::ptrdiff_t>(r * frames) + start;
          to.insert(to.end(), from, from + segment);
        }
    }
    return batch;
  }

  // What a model of three genres says of a clip, from what its networks say of the segments.
  static std::vector<double> joined_means(const Models& models, const SegmentAnswers& answer) {
    std::vector<std::vector<double>> means;
    for (const std::vector<double>& each : answer.networks) {
      means.emplace_back(3);
      for (std::size_t i = 0; i < each.size(); ++i)
        means.back()[i % 3] += each[i] * 3 / static_cast<double>(each.size());
    }
    return models.join(0, means);
  }
};

TEST_F(ModelTest, ALoadedModelSaysWhatTheTrainedOneDid) {
  const FeatureCache cache(folder_ / "features.h5");
  for (const Fusion fusion : {Fusion::kLate, Fusion::kWeighted, Fusion::kStacking}) {
    const PreparedRun run = fused_by(fusion);
    run_training(run, cache, options("loaded"));
    const std::filesystem::path training = folder_ / "loaded" / run.experiment.name / "seed-1";
    Models models({training / "model.h5"}, Device::kCpu, 2);
    const int segment = models.segment_frames();
    const FoldClips clips = select_fold(run.dataset, run.split.folds.front(), cache, segment);
    EXPECT_EQ(models.genres(), clips.genres);
    EXPECT_EQ(models.inputs(), (std::array<bool, kTransformCount>{true, false, true, false}));
    const CsvTable told = read_csv(training / "predictions.csv");
    ASSERT_EQ(told.rows.size(), clips.validation.size() + clips.test.size());
    std::size_t row = 0;
    for (const auto* part : {&clips.validation, &clips.test})
      for (const std::size_t clip : *part) {
        const std::vector<int> starts = even_starts(clips.usable[clip], segment, 0.4);
        ASSERT_EQ(starts.size(), 5u);
        const auto answers = models.answer(segments_of(cache, clips.cache_rows[clip], starts, segment));
        ASSERT_EQ(answers.size(), 1u);
        ASSERT_EQ(answers[0].embeddings.size(), starts.size() * models.embedding_size());
        const std::vector<double> said = joined_means(models, answers[0]);
        const std::vector<std::string>& fields = told.rows[row++].fields;
        ASSERT_EQ(fields[told.column("clip")], clips.ids[clip]);
        for (std::size_t g = 0; g < 3; ++g)
          EXPECT_NEAR(said[g], std::stod(fields[told.column(clips.genres[g])]), 1e-5)
              << run.experiment.name << ", " << clips.ids[clip];
      }
  }
}

TEST_F(ModelTest, BaselinesAreRefusedAsNotThereYet) {
  const FeatureCache cache(folder_ / "features.h5");
  for (const Architecture baseline : {Architecture::kSvm, Architecture::kMajority}) {
    PreparedRun run = *run_;
    run.experiment.name = choice_name(baseline);
    run.experiment.model.branches[1].architecture = baseline;  // beside a network
    run.experiment.model.branches[1].units.clear();
    run_training(run, cache, options("loaded"));
    try {
      Models({folder_ / "loaded" / run.experiment.name / "seed-1/model.h5"}, Device::kCpu, 2);
      ADD_FAILURE() << run.experiment.name << " was loaded";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUnsupported) << error.what();
      EXPECT_NE(std::string(error.what()).find(run.experiment.name), std::string::npos) << error.what();
    }
  }
}

}  // namespace
}  // namespace genretrack
