// Whole trainings on three kinds of generated sound that a small network tells apart.
#pragma once

#include <gtest/gtest.h>
#include <sndfile.h>
#include <unistd.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>

#include "host/core/files.h"
#include "host/core/random.h"
#include "host/pipeline/build_cache.h"
#include "host/train/run_training.h"

namespace genretrack {

constexpr int kRate = 22050;

inline void write_wav(const std::filesystem::path& path, const std::vector<float>& samples) {
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
inline std::vector<float> sound(const std::string& genre, std::uint64_t index) {
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

  inline static std::filesystem::path folder_;
  inline static PreparedRun* run_ = nullptr;
};

}  // namespace genretrack
