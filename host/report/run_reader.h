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
  double train_loss = 0, validation_loss = 0, validation_accuracy = 0, learning_rate = 0, seconds = 0;
  bool best = false;
};

// One part of a training's split.
struct PartFacts {
  std::vector<std::size_t> clips_of_genre;  // in the order of the run's genres
  std::size_t clips = 0, artists = 0, unknown_artists = 0;
};

// Where a training ran, as environment.json says; empty or 0 where it says nothing.
struct EnvironmentRecord {
  std::string version, compiler, device, cache;
  std::size_t threads = 0;
  bool operator==(const EnvironmentRecord&) const = default;
};

struct TrainingRecord {
  std::string folder, fold;
  std::uint64_t seed = 0;
  PartFacts train, validated, tested;
  std::size_t leaking_artists = 0;  // known ones with clips in both the training and the test part
  EnvironmentRecord environment;
  std::vector<EpochRecord> epochs;
  Predictions validation, test;
};

// One branch of a fused run, averaged over seeds, folds pooled.
struct BranchRecord {
  std::string name;
  Predictions test;
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
  std::vector<BranchRecord> branches;     // of a fused run, where its folder holds their predictions
  std::size_t folds = 0;                  // 0: one fixed test part
};

// Throws Error(kData), naming file and remedy: no such folder, a run that is not finished, one training in
// place of a run, and every kind of damage in the files that are read.
RunRecord read_run(const std::filesystem::path& folder);

// Several, on all cores, in the order given. Throws what the first that cannot be read throws.
std::vector<RunRecord> read_runs(const std::vector<std::filesystem::path>& folders);

}  // namespace genretrack
