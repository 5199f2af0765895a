// Run folders as docs/run_folder.md describes them, with made-up predictions.
#pragma once

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "host/core/random.h"

namespace genretrack::testing {

struct FakeRun {
  std::string name;
  std::optional<std::string> fusion = {};
  std::vector<std::string> inputs = {"spectrogram"};
  double skill = 2;  // logit of the true genre above the others
  std::vector<int> seeds = {1, 2, 3};
  std::size_t folds = 0;  // 0: one fixed test part
  std::vector<std::string> genres = {"blues", "classical", "jazz", "pop"};
  std::size_t clips_per_genre = 40, artists_per_genre = 10;
  std::string split = "fault-filtered, reported on the validation list";
  std::vector<std::string> notes = {};
};

// A folder that goes away with the test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "genretrack-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

inline void write_text(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

// Replaces the first `from` in a file; ends the test program where it is not there.
inline void replace_in(const std::filesystem::path& path, const std::string& from, const std::string& to) {
  std::string text = read_text(path);
  const std::size_t at = text.find(from);
  if (at == std::string::npos) std::abort();
  write_text(path, text.replace(at, from.size(), to));
}

// Clip `index` of a genre: of four, in turn, two train, one validates, one is tested; with folds, the
// artist's number decides.
inline std::string part_of(const FakeRun& run, std::size_t index, std::size_t fold) {
  if (run.folds == 0) return index % 4 < 2 ? "train" : index % 4 == 2 ? "validation" : "test";
  const std::size_t artist = index % run.artists_per_genre;
  if (artist % run.folds == fold) return "test";
  return artist % run.folds == (fold + 1) % run.folds ? "validation" : "train";
}

inline void write_fake_training(const std::filesystem::path& folder, const FakeRun& run, int seed,
                                std::size_t fold) {
  std::filesystem::create_directories(folder);
  // Difficulty belongs to the clip and is shared by all runs; the noise belongs to the run and the seed.
  Random difficulty(1, Purpose::kSplit);
  Random noise(static_cast<std::uint64_t>(seed) + 1000 * std::hash<std::string>{}(run.name) % 997,
               Purpose::kBootstrap, fold);
  std::ostringstream split, predictions, metrics;
  split << "clip,genre,artist,part\n";
  predictions << "part,clip,truth";
  for (const std::string& genre : run.genres) predictions << ',' << genre;
  predictions << '\n';
  predictions.precision(17);
  for (const std::string& genre : run.genres)
    for (std::size_t index = 0; index < run.clips_per_genre; ++index) {
      const std::string part = part_of(run, index, fold);
      const std::string clip = genre + "." + std::to_string(10000 + index);
      split << clip << ',' << genre << ',' << genre << " artist " << index % run.artists_per_genre << ','
            << part << '\n';
      const double hard = 4 * difficulty.uniform() - 2;
      std::vector<double> weights;
      double sum = 0;
      for (const std::string& other : run.genres) {
        weights.push_back(std::exp((other == genre ? run.skill - hard : 0) + 2 * noise.uniform()));
        sum += weights.back();
      }
      if (part == "train") continue;
      predictions << part << ',' << clip << ',' << genre;
      for (const double weight : weights) predictions << ',' << weight / sum;
      predictions << '\n';
    }
  for (const std::string& branch : run.inputs)
    for (int epoch = 1; epoch <= 12; ++epoch)
      metrics << nlohmann::json{{"branch", branch},
                                {"epoch", epoch},
                                {"train_loss", 1.5 / epoch + 0.1 * noise.uniform()},
                                {"validation_loss", 0.5 + 1.0 / epoch + 0.02 * epoch + 0.1 * noise.uniform()},
                                {"validation_accuracy", 0.7},
                                {"learning_rate", 0.001},
                                {"seconds", 1.5},
                                {"best", epoch <= 7}}
                     .dump()
              << '\n';
  write_text(folder / "split.csv", split.str());
  write_text(folder / "predictions.csv", predictions.str());
  write_text(folder / "metrics.jsonl", metrics.str());
  write_text(folder / "environment.json",
             R"({"genretrack": "0.1.0", "compiler": "12.2.0", "threads": 2, "cache": "",
                 "device": {"name": "cpu", "description": "a made-up processor"}})");
}

// Writes parent/<name>/ and returns it.
inline std::filesystem::path write_fake_run(const std::filesystem::path& parent, const FakeRun& run) {
  const std::filesystem::path folder = parent / run.name;
  nlohmann::json trainings = nlohmann::json::array();
  for (const int seed : run.seeds)
    for (std::size_t fold = 0; fold < std::max<std::size_t>(1, run.folds); ++fold) {
      const std::string fold_name = run.folds == 0 ? "" : std::to_string(fold + 1);
      const std::string name =
          "seed-" + std::to_string(seed) + (fold_name.empty() ? "" : "-fold-" + fold_name);
      write_fake_training(folder / name, run, seed, fold);
      trainings.push_back({{"folder", name}, {"seed", seed}, {"fold", fold_name}});
    }
  nlohmann::json summary = {
      {"format", 1},          {"name", run.name},     {"version", "0.1.0"},
      {"inputs", run.inputs}, {"fusion", nullptr},    {"model", "cnn2d 24-48 on " + run.inputs.front()},
      {"parameters", 12345},  {"dataset", "fake"},    {"split", run.split},
      {"notes", run.notes},   {"genres", run.genres}, {"trainings", trainings}};
  if (run.fusion) summary["fusion"] = *run.fusion;
  write_text(folder / "summary.json", summary.dump(2));
  return folder;
}

}  // namespace genretrack::testing
