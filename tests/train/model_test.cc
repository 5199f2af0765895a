// Models loaded from their files.
#include "host/train/model.h"

#include <gtest/gtest.h>

#include <sstream>

#include "host/train/branch_data.h"
#include "host/train/segments.h"
#include "tests/train/training_fixture.h"

namespace genretrack {
namespace {

class ModelTest : public TrainingTest {};

// Probabilities of the test clips by a loaded model, as predictions.csv has them.
TEST_F(ModelTest, ALoadedModelSaysWhatTheTrainedOneDid) {
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

}  // namespace
}  // namespace genretrack
