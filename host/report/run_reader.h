// Reads finished run folders (docs/run_folder.md) and checks that they are whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "host/analysis/predictions.h"

namespace genretrack {

// A line of metrics.jsonl.
struct EpochRecord {
  std::string branch;
  std::size_t epoch = 0;
  double train_loss = 0, validation_loss = 0;
  bool best = false;
};

struct TrainingRecord {
  std::string folder, fold;
  std::uint64_t seed = 0;
  std::vector<EpochRecord> epochs;
  Predictions validation, test;
};

struct RunRecord {
  std::filesystem::path path;
  std::string name, model, dataset, split;
  std::optional<std::string> fusion;  // nothing: a single branch
  std::vector<std::string> inputs, notes, genres;
  std::size_t parameters = 0;
  std::vector<TrainingRecord> trainings;
  Predictions validation, test;           // averaged over seeds, folds pooled
  std::vector<std::uint64_t> seeds;       // ascending
  std::vector<Predictions> test_by_seed;  // folds pooled; in the order of `seeds`
};

// Throws Error(kData), naming file and remedy: no such folder, a run that is not finished, one training in
// place of a run, and every kind of damage in the files that are read.
RunRecord read_run(const std::filesystem::path& folder);

}  // namespace genretrack
