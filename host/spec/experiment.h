// A resolved experiment: every field has its value. spec/fields.* declare each field once (parser, default,
// limits, printed form, schema, documentation).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/dataset/split.h"
#include "host/dsp/feature_params.h"

namespace genretrack {

struct DatasetSpec {
  std::string path;                 // folder or CSV, looked up by find_data()
  std::string cache;                // feature cache; empty: beside the runs, keyed by the parameters
  std::vector<std::string> genres;  // /dataset/subset/genres; empty: all
  bool skip_unreadable = false;     // leave out recordings that cannot be decoded
  SplitParams split;
};

enum class Architecture { kDense, kCnn1d, kCnn2d, kRnn, kLstm, kGru, kCrnn };
struct BranchSpec {
  Transform input = Transform::kSpectrogram;
  Architecture architecture = Architecture::kCnn2d;
  std::vector<int> channels;  // cnn1d, cnn2d: of each block
  int kernel_size = 3;        // cnn1d, cnn2d: odd
  std::vector<int> units;     // dense: of each hidden layer
  double dropout = 0.3;       // before the last layer; dense: after every hidden layer
};

enum class Fusion { kNone, kEarly, kFeature, kGated, kLate, kWeighted, kStacking };
struct ModelSpec {
  std::vector<BranchSpec> branches;
  Fusion fusion = Fusion::kNone;  // kNone only with a single branch
};

enum class Schedule { kConstant, kCosine };
struct TrainingSpec {
  double segment_seconds = 3;
  int batch_size = 32;
  int epochs = 100;
  double learning_rate = 1e-3, weight_decay = 1e-2;  // /training/optimizer, type adamw
  Schedule schedule = Schedule::kCosine;             // over `epochs`, to 0
  std::string monitor = "validation_loss";           // /training/early_stopping
  int patience = 12;                                 // epochs without improvement; 0: never stop early
  bool random_crop = true;                           // /training/augment/random_crop
};

struct EvaluationSpec {
  int bootstrap = 10000;
};

struct Experiment {
  std::string name;  // a file name; default: the spec file's stem
  std::vector<std::uint64_t> seeds = {1};
  DatasetSpec dataset;
  FeatureParams features;
  ModelSpec model;
  TrainingSpec training;
  EvaluationSpec evaluation;
};

}  // namespace genretrack
