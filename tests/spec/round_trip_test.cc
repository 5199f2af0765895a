// What is printed is read again; what is damaged is read or refused, and nothing else.
#include <gtest/gtest.h>

#include <array>

#include "tests/spec/spec_fixture.h"

namespace genretrack {
namespace {

using nlohmann::json;

// A small generator of its own: the tests only need many different cases, the same every time.
class Draws {
 public:
  explicit Draws(std::uint64_t seed) : state_(seed * 2 + 1) {}
  std::size_t below(std::size_t count) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::size_t>(state_ >> 33) % count;
  }
  double share() { return (double(below(1000000)) + 0.5) / 1000000; }
  bool coin() { return below(2) == 1; }

 private:
  std::uint64_t state_;
};

// Kernels, pooling and summary that a map of that size has room for.
void fit(Draws& draws, BranchSpec& branch, int rows, int frames) {
  const bool flat = branch.architecture == Architecture::kCnn1d;
  const auto odd = [&](int most) { return 1 + 2 * int(draws.below((std::min(31, most) + 1) / 2)); };
  const int width = odd(frames);
  branch.kernel_size = {flat ? width : odd(rows), width};
  if (branch.architecture == Architecture::kCnn2d && draws.coin()) {
    branch.pooling.assign(branch.channels.size(), {1, 1});
    branch.pooling[0] = {rows > 1 ? 2 : 1, 1};
  }
}

BranchSpec random_branch(Draws& draws, Transform input) {
  BranchSpec branch;
  branch.input = input;
  branch.architecture = static_cast<Architecture>(draws.below(7));
  const bool dense = branch.architecture == Architecture::kDense;
  std::vector<int> sizes;
  for (std::size_t i = 0; i <= draws.below(8); ++i) sizes.push_back(1 + int(draws.below(4096)));
  sizes.resize(std::min<std::size_t>(sizes.size(), 8));
  if (dense) branch.units = sizes;
  if (has_convolutions(branch.architecture)) branch.channels = sizes;
  if (branch.architecture == Architecture::kCrnn) branch.cell = static_cast<CrnnCell>(draws.below(3));
  if (is_recurrent(branch.architecture)) {
    branch.hidden = 1 + int(draws.below(1024));
    branch.layers = 1 + int(draws.below(8));
    branch.bidirectional = draws.coin();
  }
  if (!dense) branch.time_summary = static_cast<ClipSummary>(draws.below(3));
  branch.dropout = draws.share();
  return branch;
}

SplitParams random_split(Draws& draws) {
  SplitParams split;
  split.type = std::array{SplitType::kFaultFiltered, SplitType::kManifest, SplitType::kRandom,
                          SplitType::kKFold}[draws.below(4)];
  split.seed = draws.below(1u << 31) * (1u << 20);
  if (split.type == SplitType::kFaultFiltered && draws.coin()) split.test = ReportedList::kValidation;
  if (split.type == SplitType::kRandom) split.test_fraction = draws.share();
  if (split.type == SplitType::kKFold) split.folds = 2 + int(draws.below(998));
  if (split.type == SplitType::kRandom || split.type == SplitType::kKFold)
    split.group = draws.coin() ? Grouping::kArtist : Grouping::kNone;
  split.validation_fraction = draws.share();
  split.validation_group = draws.coin() ? Grouping::kArtist : Grouping::kNone;
  split.allow_leakage = draws.coin();
  return split;
}

void random_optimizer(Draws& draws, TrainingSpec& t) {
  t.optimizer = draws.coin() ? OptimizerType::kSgd : OptimizerType::kAdamW;
  t.learning_rate = draws.share();
  t.weight_decay = draws.share();
  if (t.optimizer == OptimizerType::kSgd) t.momentum = draws.share();
  t.schedule = std::array{Schedule::kConstant, Schedule::kStep, Schedule::kCosine,
                          Schedule::kOneCycle}[draws.below(4)];
  if (t.schedule == Schedule::kStep) {
    t.step_epochs = 1 + int(draws.below(50));
    t.step_factor = draws.share();
  }
  if (t.schedule == Schedule::kOneCycle) {
    t.rise = draws.share();
    t.start_factor = draws.share();
    t.end_factor = draws.share();
    if (t.optimizer == OptimizerType::kSgd) t.least_momentum = t.momentum * draws.share();
  } else {
    t.warmup_epochs = (t.epochs - 1) * draws.share();
  }
  t.label_smoothing = draws.share();
  t.class_weights = draws.coin() ? ClassWeights::kBalanced : ClassWeights::kNone;
  t.gradient_clipping = 10 * draws.share();
  t.weight_average = draws.share();
  t.monitor = std::array{Monitor::kLoss, Monitor::kAccuracy, Monitor::kMacroF1}[draws.below(3)];
  t.patience = int(draws.below(100));
}

void random_augment(Draws& draws, AugmentSpec& a) {
  a.time_masks = int(draws.below(3));
  a.time_mask_frames = 1;  // what fits into every segment and transform
  a.frequency_masks = int(draws.below(3));
  a.frequency_mask_rows = 1;
  a.mixup = draws.share();
  a.stretch = draws.share();
}

Experiment random_experiment(std::uint64_t seed) {
  Draws draws(seed);
  Experiment e;
  e.name = "\xc3\xa9 \"quoted\" " + std::to_string(seed);
  e.seeds.clear();
  for (std::size_t i = 0; i <= draws.below(4); ++i)
    e.seeds.push_back(9007199254740991u - i * 1000 - draws.below(1000));
  e.dataset.path = draws.coin() ? "some/where" : "~/m\\usic.csv";
  if (draws.coin()) e.dataset.cache = "features.h5";
  if (draws.coin()) e.dataset.genres = {"blues", "r&b", "schl\xc3\xa4ger"};
  e.dataset.skip_unreadable = draws.coin();
  e.dataset.split = random_split(draws);
  e.features.sample_rate = 8000 + int(draws.below(40000));
  e.features.clip_seconds = 10 + 20 * draws.share();
  e.features.n_fft = 512 << draws.below(5);
  e.features.profile = draws.coin() ? Profile::kLibrosa : Profile::kTorchaudio;
  e.features.scale = draws.coin() ? SpectrogramScale::kMel : SpectrogramScale::kLinear;
  e.features.percussion =
      std::array{PercussionKind::kFlux, PercussionKind::kTempogram, PercussionKind::kHpss}[draws.below(3)];
  e.features.lifter = draws.coin() ? 0 : 40 * draws.share();
  e.features.deltas = int(draws.below(3));
  e.features.hop_length = 128 + int(draws.below(385));
  e.features.n_mels = 20 + int(draws.below(200));
  e.features.n_mfcc = 2 + int(draws.below(18));
  e.features.tuning = std::array{Tuning::kEstimate, Tuning::kNone, Tuning::kFixed}[draws.below(3)];
  if (e.features.tuning == Tuning::kFixed) e.features.tuning_semitones = draws.share() - 0.5;
  for (const Transform input : kTransforms)
    if (draws.coin()) e.model.branches.push_back(random_branch(draws, input));
  if (e.model.branches.empty()) e.model.branches.push_back(random_branch(draws, Transform::kMfcc));
  if (e.model.branches.size() > 1) e.model.fusion = Fusion::kLate;
  e.training.segment_seconds = 0.2 + 9 * draws.share();
  for (BranchSpec& branch : e.model.branches)
    if (has_convolutions(branch.architecture))
      fit(draws, branch, e.features.rows(branch.input), e.features.frames_of(e.training.segment_seconds));
  e.training.batch_size = 2 + int(draws.below(4000));
  e.training.epochs = 1 + int(draws.below(1000));
  random_optimizer(draws, e.training);
  random_augment(draws, e.training.augment);
  e.training.random_crop = draws.coin();
  e.evaluation.overlap = 0.9 * draws.share();
  e.evaluation.bootstrap = 100 + int(draws.below(100000));
  return e;
}

TEST(RoundTrip, PrintedExperimentsAreReadBack) {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    const std::string printed = to_json(random_experiment(seed)).dump(2);
    ASSERT_EQ(to_json(read_text(printed)).dump(2), printed);
  }
}

TEST(RoundTrip, ResolvesEveryField) {
  const std::string printed = to_json(read_text(good_spec().dump())).dump();
  for (const char* field :
       {"\"name\":\"e\"", "\"seeds\":[1]", "\"type\":\"random\"", "\"n_mels\":128",
        "\"channels\":[64,128,256]", "\"learning_rate\":0.001", "\"precision\":\"float32\""})
    EXPECT_NE(printed.find(field), std::string::npos) << field;
}

TEST(Damage, IsReadOrRefusedAndNothingElse) {
  std::size_t refused = 0, read = 0;
  for (std::uint64_t seed = 0; seed < 4000; ++seed) {
    Draws draws(seed);
    std::string text = to_json(random_experiment(seed % 50)).dump(draws.coin() ? 1 : -1);
    for (std::size_t edits = 1 + draws.below(4); edits > 0; --edits) {
      const std::size_t at = draws.below(text.size());
      switch (draws.below(4)) {
        case 0:
          text[at] = static_cast<char>(draws.below(256));
          break;
        case 1:
          text.erase(at, 1 + draws.below(20));
          break;
        case 2:
          text.insert(at, 1, "{}[]\",:\\0-e9.\xff\xc3"[draws.below(15)]);
          break;
        default:
          text.insert(at, text.substr(draws.below(text.size()), draws.below(40)));
      }
    }
    try {
      read_text(text);
      ++read;
    } catch (const Error& error) {
      ++refused;
      EXPECT_NE(error.kind(), ErrorKind::kUsage);
      EXPECT_TRUE(std::string(error.what()).starts_with("e.json:")) << error.what();
      EXPECT_TRUE(is_utf8(error.what())) << text;
    }
  }
  EXPECT_GT(refused, 1000u);
  EXPECT_GT(read, 20u);
}

}  // namespace
}  // namespace genretrack
