// A resolved experiment: every field has its value. spec/fields.* declare each field once (parser, default,
// limits, printed form, schema, documentation).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
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

enum class Architecture { kDense, kCnn1d, kCnn2d, kRnn, kLstm, kGru, kCrnn, kSvm, kMajority };
// No network: what a network has to beat (host/train/baseline.h).
constexpr bool is_baseline(Architecture a) { return a == Architecture::kSvm || a == Architecture::kMajority; }
enum class CrnnCell { kRnn, kLstm, kGru };
enum class ClipSummary { kMean, kMax, kBoth, kLast, kAttention };
struct MapSize {
  int height = 1, width = 1;  // rows and frames; one-dimensional networks have only frames
  bool operator==(const MapSize&) const = default;
};
struct BranchSpec {
  Transform input = Transform::kSpectrogram;
  Architecture architecture = Architecture::kCnn2d;
  std::vector<int> channels;       // cnn1d, cnn2d, crnn: of each block
  MapSize kernel_size{3, 3};       // of those, odd
  std::vector<MapSize> pooling;    // of those, of each block; empty: as default_pooling() says
  std::vector<int> units;          // dense: of each hidden layer
  CrnnCell cell = CrnnCell::kGru;  // crnn
  int hidden = 128, layers = 2;    // rnn, lstm, gru, crnn: units of each direction, recurrent layers
  bool bidirectional = false;      // of those
  ClipSummary time_summary = ClipSummary::kMean;  // all but dense
  double dropout =
      0.3;  // before the last layer; dense: after every hidden layer; also between recurrent layers
  bool residual = false;  // of those with channels: two convolutions per block and a way past them
};

constexpr bool has_convolutions(Architecture a) {
  return a == Architecture::kCnn1d || a == Architecture::kCnn2d || a == Architecture::kCrnn;
}
constexpr bool is_recurrent(Architecture a) {
  return a == Architecture::kRnn || a == Architecture::kLstm || a == Architecture::kGru ||
         a == Architecture::kCrnn;
}

// What a block pools where the spec does not say: 2 on every side that is longer than one, but a crnn leaves
// time to its recurrent layers from the third block on.
constexpr MapSize default_pooling(Architecture architecture, std::size_t block, MapSize map) {
  const bool keep_time = architecture == Architecture::kCrnn && block >= 2;
  return {map.height > 1 ? 2 : 1, map.width > 1 && !keep_time ? 2 : 1};
}
inline MapSize pooling_of(const BranchSpec& branch, std::size_t block, MapSize map) {
  return branch.pooling.empty() ? default_pooling(branch.architecture, block, map) : branch.pooling[block];
}

enum class Fusion { kNone, kEarly, kFeature, kGated, kLate, kWeighted, kStacking };
struct ModelSpec {
  std::vector<BranchSpec> branches;
  Fusion fusion = Fusion::kNone;  // kNone only with a single branch
  BranchSpec network;             // early: the one network; its input has no meaning
  bool network_given = false;     // by the spec; else it is the first branch's
  std::vector<int> units = {64};  // feature, gated: hidden layers of the joint head, and of the gate
  int embedding = 64;             // gated: length of the vectors that are mixed
  double dropout = 0.3;           // feature, gated: behind each hidden layer of the head
  double prior_clips = 20;        // weighted, stacking: weight of equal weights, in clips
};

enum class OptimizerType { kAdamW, kSgd };
enum class Schedule { kConstant, kStep, kCosine, kOneCycle };
enum class ClassWeights { kNone, kBalanced };
enum class Monitor { kLoss, kAccuracy, kMacroF1 };

// Changes of the training segments: /training/augment without random_crop. As they stand here, none.
struct AugmentSpec {
  int time_masks = 0, time_mask_frames = 20;          // of spec_augment
  int frequency_masks = 0, frequency_mask_rows = 16;  // of spec_augment
  double mixup = 0;                                   // both parameters of the beta distribution
  double stretch = 0;                                 // factors from 1 / (1 + stretch) to 1 + stretch
  double gain_db = 0, noise_db = 0;
};

struct TrainingSpec {
  double segment_seconds = 3;
  int batch_size = 32;
  int epochs = 100;
  OptimizerType optimizer = OptimizerType::kAdamW;  // /training/optimizer/type
  double learning_rate = 1e-3, weight_decay = 1e-2;
  double momentum = 0.9;                  // sgd
  Schedule schedule = Schedule::kCosine;  // /training/schedule/type
  double warmup_epochs = 0;               // all but one-cycle
  int step_epochs = 30;                   // step
  double step_factor = 0.1;
  double rise = 0.3, start_factor = 0.04, end_factor = 4e-6;  // one-cycle
  double least_momentum = 0.85;                               // one-cycle with sgd
  double label_smoothing = 0;
  ClassWeights class_weights = ClassWeights::kNone;
  double gradient_clipping = 0;      // largest norm; 0: any
  double weight_average = 0;         // decay per step; 0: none
  Monitor monitor = Monitor::kLoss;  // /training/early_stopping
  int patience = 12;                 // epochs without improvement; 0: never stop early
  bool random_crop = true;           // /training/augment/random_crop
  AugmentSpec augment;
};

struct EvaluationSpec {
  double overlap = 0;  // of neighbouring segments of one clip, as a share of a segment
  int bootstrap = 10000;
};

// Which experiment of a sweep it is; no field of a spec.
struct SweepPoint {
  std::string sweep;                                        // the file's name without .json
  std::vector<std::pair<std::string, std::string>> varied;  // JSON pointer and value, as JSON
};

// Whether the branches of a fusion are one network, trained together.
inline bool is_joint(Fusion fusion) {
  return fusion == Fusion::kEarly || fusion == Fusion::kFeature || fusion == Fusion::kGated;
}

struct Experiment {
  std::string name;  // a file name; default: the spec file's stem
  std::vector<std::uint64_t> seeds = {1};
  DatasetSpec dataset;
  FeatureParams features;
  ModelSpec model;
  TrainingSpec training;
  EvaluationSpec evaluation;
  std::optional<SweepPoint> point;  // where a sweep made it
};

}  // namespace genretrack
