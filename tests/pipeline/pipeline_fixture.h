// A data set of short recordings made for the test, and an extractor that only copies and counts.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "host/core/error.h"
#include "host/pipeline/build_with.h"

namespace genretrack {

// Fills the rows with a running sum of the samples, so that every sample of the clip counts.
class CountingExtractor : public FeatureExtractor {
 public:
  CountingExtractor(std::atomic<int>& calls, int batch, std::function<void()> before)
      : calls_(calls), batch_(batch), before_(std::move(before)) {}

  void extract(std::span<const Pcm> clips, std::span<const ClipFeatures> out) override {
    for (std::size_t i = 0; i < clips.size(); ++i) {
      if (before_) before_();
      double sum = 0;
      std::visit(
          [&](const auto& samples) {
            for (const auto sample : samples) sum = 0.999 * sum + static_cast<double>(sample);
          },
          clips[i]);
      for (const Transform t : kTransforms)
        for (std::size_t k = 0; k < out[i][t].size(); ++k)
          out[i][t][k] = static_cast<float>(std::fmod(sum, 1000.0) + static_cast<double>(k % 97));
      ++calls_;
    }
  }
  int preferred_batch() const override { return batch_; }
  std::string describe() const override { return "counting"; }

 private:
  std::atomic<int>& calls_;
  int batch_;
  std::function<void()> before_;
};

class PipelineTest : public testing::Test {
 protected:
  PipelineTest() {
    std::string name = std::filesystem::temp_directory_path() / "genretrack-pipeline-XXXXXX";
    folder_ = mkdtemp(name.data());
    target_ = folder_ / "features.h5";
    params_.clip_seconds = 0.5;
    params_.sample_rate = 8000;
    params_.n_fft = 512;
    params_.hop_length = 128;
    params_.n_mels = 16;
    params_.n_mfcc = 5;
    options_.threads = 2;
    data_.name = "music";
    data_.root = folder_ / "music";
    data_.genres = {"blues", "jazz"};
    for (int i = 0; i < 8; ++i) add(i % 2 == 0 ? "blues" : "jazz", i);
  }
  ~PipelineTest() override { std::filesystem::remove_all(folder_); }

  void add(const std::string& genre, int number) {
    Clip clip;
    clip.id = genre + "/" + std::to_string(number) + ".wav";
    clip.path = data_.root / clip.id;
    clip.genre = genre;
    write_wav(clip.path, number, 4000);
    data_.clips.push_back(clip);
    std::ranges::sort(data_.clips, {}, &Clip::id);
  }

  // 16-bit mono at 8 kHz; the number decides what it sounds like.
  static void write_wav(const std::filesystem::path& path, int number, std::uint32_t samples) {
    std::filesystem::create_directories(path.parent_path());
    std::string bytes = "RIFF";
    const auto put = [&bytes](std::uint32_t value, int size) {
      for (int i = 0; i < size; ++i) bytes += static_cast<char>(value >> (8 * i));
    };
    put(36 + 2 * samples, 4);
    bytes += "WAVEfmt ";
    put(16, 4), put(1, 2), put(1, 2), put(8000, 4), put(16000, 4), put(2, 2), put(16, 2);
    bytes += "data";
    put(2 * samples, 4);
    for (std::uint32_t i = 0; i < samples; ++i)
      put(static_cast<std::uint32_t>(std::lround(9000 * std::sin(0.01 * (number + 1) * i))), 2);
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  }

  BuildReport build() { return build(target_); }
  BuildReport build(const std::filesystem::path& target) {
    calls_ = 0;
    return build_cache_with([&] { return std::make_unique<CountingExtractor>(calls_, batch_, before_clip_); },
                            data_, params_, target, options_);
  }

  // Why each clip was computed or reused, by id.
  static std::map<std::string, std::string> reasons(const BuildReport& report) {
    std::map<std::string, std::string> result;
    for (const ClipOutcome& clip : report.clips) result[clip.id] = clip.reason;
    return result;
  }

  // The bytes that a build from nothing would give.
  std::string fresh() {
    const auto other = folder_ / "fresh.h5";
    std::filesystem::remove(other);
    build(other);
    std::string content = bytes(other);
    std::filesystem::remove(other);
    return content;
  }

  static std::string bytes(const std::filesystem::path& path) {
    std::ostringstream content;
    content << std::ifstream(path, std::ios::binary).rdbuf();
    return std::move(content).str();
  }

  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_))
      if (entry.path().filename() != "music") names.push_back(entry.path().filename().string());
    std::ranges::sort(names);
    return names;
  }

  template <class Call>
  static std::string error(ErrorKind kind, const Call& call) {
    try {
      call();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), kind) << error.what();
      return error.what();
    }
    ADD_FAILURE() << "expected an error";
    return {};
  }

  std::filesystem::path folder_, target_;
  Dataset data_;
  FeatureParams params_;
  BuildOptions options_;
  std::atomic<int> calls_{0};  // of the extractor, in the last build
  int batch_ = 1;
  std::function<void()> before_clip_;
};

}  // namespace genretrack
