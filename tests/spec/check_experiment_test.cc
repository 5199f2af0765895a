// What single fields cannot say, and what is not there yet.
#include <gtest/gtest.h>

#include "tests/spec/spec_fixture.h"

namespace genretrack {
namespace {

using nlohmann::json;

const json kMfcc = {{"input", "mfcc"}, {"architecture", "cnn1d"}};
const json kChromagram = {{"input", "chromagram"}, {"architecture", "dense"}};

TEST(CheckExperiment, SaysTheLineAndColumnOfTheKey) {
  expect_refusal(
      refusal_of_text("{\n  \"dataset\": {\"path\": \"m\"},\n  \"model\": {\"branches\": [\n"
                      "    {\"input\": \"mfcc\", \"architecture\": \"dense\",\n     \"droput\": 0.1}]}\n}"),
      ErrorKind::kSpec,
      {"e.json:5:6: /model/branches/0/droput: unknown key; did you mean \"dropout\"? Allowed: input, "
       "architecture, units, dropout"});
  expect_refusal(refusal_of_text("{\n \"seeds\": [1,\n  2, 1],\n \"dataset\": {\"path\": \"m\"}}"),
                 ErrorKind::kSpec, {"e.json:3:6: /seeds/2: this seed stands there twice"});
}

TEST(CheckExperiment, RefusesWhatIsMissing) {
  expect_refusal(refusal_of_text("[]"), ErrorKind::kSpec, {"e.json:1:1: /: expected an object, not []"});
  expect_refusal(refusal_of_text("{\"dataset\": {\"path\": \"m\"}}"), ErrorKind::kSpec,
                 {"\"model\" is missing"});
  expect_refusal(refusal_of_text("{\"datset\": {\"path\": \"m\"}}"), ErrorKind::kSpec,
                 {": /: \"dataset\" is missing; did you mean it by \"datset\"?"});
  expect_refusal(refusal_with("/dataset", json::object()), ErrorKind::kSpec,
                 {": /dataset: \"path\" is missing"});
  expect_refusal(refusal_with("/dataset/path", ""), ErrorKind::kSpec, {": /dataset/path: is empty"});
  expect_refusal(refusal_with("/model", json::object()), ErrorKind::kSpec,
                 {": /model: \"branches\" is missing"});
  expect_refusal(refusal_with("/model/branches", json::array()), ErrorKind::kSpec, {"has 0 elements"});
  expect_refusal(refusal_with("/model/branches", {{{"input", "mfcc"}}}), ErrorKind::kSpec,
                 {"/model/branches/0: \"architecture\" is missing"});
}

TEST(CheckExperiment, RefusesNamesThatLeadOutOfTheFolder) {
  for (const std::string name : {"../x", ".", "..", "", "a/b", "/", ".hidden", "a\nb", "\x7f"}) {
    SCOPED_TRACE(name);
    expect_refusal(refusal_with("/name", name), ErrorKind::kSpec,
                   {"e.json:13:2: /name: ", "cannot name a run folder"});
  }
  expect_refusal(refusal_with("/name", std::string("a\0b", 3)), ErrorKind::kSpec, {"/name: "});
  expect_refusal(refusal_with("/name", std::string(201, 'x')), ErrorKind::kSpec,
                 {"/name: ", "longer than 200 bytes"});
  EXPECT_EQ(refusal_with("/name", std::string(200, 'x')).message, "");
}

TEST(CheckExperiment, RefusesBranchesThatDoNotFitTogether) {
  expect_refusal(refusal_with("/model/branches", {kMfcc, kChromagram}), ErrorKind::kSpec,
                 {": /model: \"fusion\" is missing", "late"});
  expect_refusal(refusal_with("/model/fusion", {{"strategy", "late"}}), ErrorKind::kSpec,
                 {": /model/fusion: has a meaning for several branches only"});
  // Empty objects are no exception: with one branch nothing is to be fused, with two it must be said how.
  expect_refusal(refusal_with("/model/fusion", json::object()), ErrorKind::kSpec,
                 {": /model/fusion: has a meaning for several branches only"});
  expect_refusal(refusal_with("/model", {{"branches", {kMfcc, kChromagram}}, {"fusion", json::object()}}),
                 ErrorKind::kSpec, {": /model/fusion: \"strategy\" is missing"});
  expect_refusal(refusal_with("/model", {{"branches", {kMfcc, kMfcc}}, {"fusion", {{"strategy", "late"}}}}),
                 ErrorKind::kSpec, {": /model/branches/1/input: \"mfcc\" is the input of branch 0 already"});
  EXPECT_EQ(refusal_with("/model", {{"branches", {kMfcc, kChromagram}}, {"fusion", {{"strategy", "late"}}}})
                .message,
            "");
}

TEST(CheckExperiment, RefusesFieldsOfOtherArchitecturesAndSplits) {
  expect_refusal(refusal_with("/model/branches/0/units", {64}), ErrorKind::kSpec,
                 {"/units: has a meaning for dense only"});
  for (const char* key : {"channels", "kernel_size", "pooling"}) {
    json branch = kChromagram;
    branch[key] = 3;
    expect_refusal(refusal_with("/model/branches/0", branch), ErrorKind::kSpec,
                   {std::string("/") + key + ": has a meaning for cnn1d, cnn2d and crnn only"});
  }
  for (const char* key : {"hidden", "layers", "bidirectional"})
    expect_refusal(refusal_with(std::string("/model/branches/0/") + key, 3), ErrorKind::kSpec,
                   {std::string("/") + key + ": has a meaning for rnn, lstm, gru and crnn only"});
  expect_refusal(refusal_with("/model/branches/0/cell", "lstm"), ErrorKind::kSpec,
                 {"/cell: has a meaning for crnn only"});
  json dense = kChromagram;
  dense["time_summary"] = "max";
  expect_refusal(refusal_with("/model/branches/0", dense), ErrorKind::kSpec,
                 {"/time_summary: has a meaning for cnn1d, cnn2d, rnn, lstm, gru and crnn only"});
  expect_refusal(refusal_with("/model/branches/0/kernel_size", 4), ErrorKind::kSpec,
                 {"/kernel_size: 4 is even"});
  expect_refusal(refusal_with("/dataset/split", {{"type", "random"}, {"folds", 3}}), ErrorKind::kSpec,
                 {"/dataset/split/folds: has a meaning for k-fold only"});
}

TEST(CheckExperiment, RefusesFeaturesWithoutMeaningAtTheirPlace) {
  expect_refusal(refusal_with("/features/n_fft", 2047), ErrorKind::kSpec,
                 {"/features/n_fft: n_fft is 2047, expected a power of two"});
  expect_refusal(refusal_with("/features/hop_length", 4096), ErrorKind::kSpec,
                 {"/features/hop_length: hop_length is 4096"});
  expect_refusal(refusal_with("/features/mfcc/n_mfcc", 129), ErrorKind::kSpec,
                 {"/features/mfcc/n_mfcc: n_mfcc is 129", "n_mels"});
  expect_refusal(refusal_with("/features", {{"clip_seconds", 0.1}, {"mfcc", {{"deltas", 1}}}}),
                 ErrorKind::kSpec, {": /features/mfcc/deltas: deltas of 1 need 9 frames"});
  expect_refusal(refusal_with("/features", {{"clip_seconds", 0.04}, {"profile", "torchaudio"}}),
                 ErrorKind::kSpec, {": /features/profile: profile torchaudio mirrors"});
  expect_refusal(refusal_with("/features/percussion/kind", "harmonic"), ErrorKind::kSpec, {"unknown"});
  expect_refusal(refusal_with("/features/n_fft", 16384), ErrorKind::kUnsupported,
                 {": /features/n_fft: n_fft is 16384"});
  expect_refusal(refusal_with("/training/segment_seconds", 30.5), ErrorKind::kSpec,
                 {"/training/segment_seconds: 30.5 s is longer than a clip"});
}

TEST(CheckExperiment, RefusesTrainingFieldsOfOtherSchedulesAndOptimizers) {
  const auto refuses = [](const char* object, const json& value, const char* what) {
    expect_refusal(refusal_with(object, value), ErrorKind::kSpec, {what});
  };
  refuses("/training/optimizer", {{"momentum", 0.9}}, "/optimizer/momentum: has a meaning for sgd only");
  refuses("/training/schedule", {{"type", "one-cycle"}, {"warmup_epochs", 2}},
          "/warmup_epochs: has a meaning for constant, step and cosine only");
  refuses("/training/schedule", {{"step_epochs", 2}}, "/step_epochs: has a meaning for step only");
  refuses("/training/schedule", {{"type", "step"}, {"rise", 0.2}}, "/rise: has a meaning for one-cycle only");
  refuses("/training/schedule", {{"type", "one-cycle"}, {"least_momentum", 0.8}},
          "/least_momentum: has a meaning for one-cycle with sgd only");
  refuses("/training",
          {{"optimizer", {{"type", "sgd"}, {"momentum", 0.5}}}, {"schedule", {{"type", "one-cycle"}}}},
          "/training/schedule/least_momentum: 0.85 is above the momentum it falls from (0.5");
  refuses("/training", {{"epochs", 10}, {"schedule", {{"warmup_epochs", 10}}}},
          "/training/schedule/warmup_epochs: a rise over 10 epochs is no shorter than the training (10");
  refuses("/training/augment", {{"mixup", 1.5}},
          "/mixup: 1.5 is out of range; expected a number from 0 to 1");
}

TEST(CheckExperiment, RefusesChangesThatChangeNothingOrEverything) {
  for (const char* key : {"gain_db", "noise_db"}) {
    expect_refusal(refusal_with("/training/augment", {{key, 2}}), ErrorKind::kSpec,
                   {std::string("/augment/") + key + ": changes transforms in decibel only"});
    const json model = {{"branches", {{{"input", "percussion"}, {"architecture", "cnn1d"}}}}};
    const auto with_kind = [&](const char* kind) {
      json spec = good_spec();
      spec["model"] = model;
      spec["features"]["percussion"]["kind"] = kind;
      spec["training"]["augment"][key] = 2;
      return refusal_of_text(spec.dump());
    };
    EXPECT_FALSE(with_kind("flux").message.empty());
    EXPECT_EQ(with_kind("hpss").message, "");
  }
  const auto masks = [](json value) { return json{{"spec_augment", std::move(value)}}; };
  expect_refusal(refusal_with("/training/augment", masks({{"time_masks", 1}, {"time_mask_frames", 66}})),
                 ErrorKind::kSpec,
                 {"/time_mask_frames: 66 frames are more than half a segment, which has 130"});
  expect_refusal(
      refusal_with("/training/augment", masks({{"frequency_masks", 1}, {"frequency_mask_rows", 11}})),
      ErrorKind::kSpec, {"/frequency_mask_rows: 11 rows are more than half of every branch's transform"});
  EXPECT_EQ(refusal_with("/training/augment", masks({{"time_masks", 2},
                                                     {"time_mask_frames", 65},
                                                     {"frequency_masks", 2},
                                                     {"frequency_mask_rows", 10}}))
                .message,
            "");
}

TEST(CheckExperiment, SaysLimitsAsPeopleDo) {
  const auto says = [](const char* pointer, const json& value, const char* what) {
    expect_refusal(refusal_with(pointer, value), ErrorKind::kSpec, {what});
  };
  says("/training/epochs", 0, "/epochs: 0 is out of range; expected an integer from 1 to 100000");
  says("/training/epochs", 1e9, "/epochs: 1000000000 is out of range");
  says("/evaluation/bootstrap", 5, "expected an integer from 100 to 10000000");
  says("/dataset/split/seed", -1, "expected an integer from 0 to 9007199254740991");
  says("/model/branches/0/dropout", 1, ": 1 is out of range; expected a number at least 0 and below 1");
  says("/dataset/split/test_fraction", 1.5, "expected a number above 0 and below 1");
  says("/features/clip_seconds", 0, "expected a number above 0 and at most 3600");
  says("/dataset/subset/genres", {"blues"}, ": has 1 element; expected 2 to 1000");
  EXPECT_EQ(limit_text(0.001), "0.001");
  EXPECT_EQ(limit_text(2.5), "2.5");
  EXPECT_EQ(limit_text(1e300), "1e+300");
}

TEST(CheckExperiment, ShowsControlCharactersOfKeysAsJsonDoes) {
  const std::string key = "/a\x1b[31m\n\x7f\xc2\x9b" + std::string("\0b", 2);
  expect_refusal(refusal_with(key, 1), ErrorKind::kSpec,
                 {R"(: /a\u001b[31m\n\u007f\u009b\u0000b: unknown key)", "llowed: "});
  expect_refusal(refusal_of_text(R"({"\u001b\u0000": 1, "\u001b\u0000": 2})"), ErrorKind::kSpec,
                 {R"(e.json:1:21: /\u001b\u0000: the key stands twice)"});
  expect_refusal(refusal_with("/training/schedule/type", "\x1b[31m\x7f"), ErrorKind::kSpec,
                 {R"("\u001b[31m\u007f" is unknown)"});
  EXPECT_NE(refusal_with("/\xc3\xa9\xe2\x82\xac", 1).message.find("/\xc3\xa9\xe2\x82\xac: unknown"),
            std::string::npos);
  EXPECT_LT(refusal_with("/" + std::string(100000, 'k'), 1).message.size(), 500u);
}

TEST(CheckExperiment, SaysOfWhatIsNotThereYetThatItIsNot) {
  const std::vector<std::pair<std::string, json>> later = {
      {"/model/branches/0/initialize_from", "runs/mfcc"},
      {"/model/branches/0/freeze", true},
      {"/training/precision", "bfloat16"},
      {"/evaluation/aggregate", "vote"},
  };
  for (const auto& [pointer, value] : later) {
    SCOPED_TRACE(pointer + " = " + value.dump());
    expect_refusal(refusal_with(pointer, value), ErrorKind::kUnsupported,
                   {"e.json:", ": " + pointer, "this version"});
  }
}

TEST(CheckExperiment, TakesEveryFusionStrategy) {
  for (const char* fusion : {"early", "feature", "gated", "late", "weighted", "stacking"})
    EXPECT_EQ(refusal_with("/model", {{"branches", {kMfcc, kChromagram}}, {"fusion", {{"strategy", fusion}}}})
                  .message,
              "")
        << fusion;
}

TEST(CheckExperiment, EarlyFusionHasTheFirstBranchsNetworkUnlessOneIsGiven) {
  json spec = good_spec();
  json narrow = kMfcc;
  narrow["channels"] = {8, 16};
  spec["model"] = {{"branches", {narrow, kChromagram}}, {"fusion", {{"strategy", "early"}}}};
  EXPECT_EQ(read_text(spec.dump()).model.network.channels, (std::vector{8, 16}));
  spec["model"]["fusion"]["network"] = {{"architecture", "dense"}};
  const Experiment given = read_text(spec.dump());
  EXPECT_EQ(given.model.network.architecture, Architecture::kDense);
  EXPECT_EQ(given.model.network.units, (std::vector{256, 128}));
}

TEST(CheckExperiment, FillsDefaultsThatDependOnOtherFields) {
  const Experiment experiment = read_text(
      R"({"dataset": {"path": "m"}, "model": {"fusion": {"strategy": "late"}, "branches": [
          {"input": "mfcc", "architecture": "cnn1d"}, {"input": "percussion", "architecture": "dense"},
          {"input": "spectrogram", "architecture": "cnn2d"}]}})");
  EXPECT_EQ(experiment.name, "e");
  EXPECT_EQ(experiment.model.branches[0].channels, (std::vector{64, 128, 256}));
  EXPECT_EQ(experiment.model.branches[1].units, (std::vector{256, 128}));
  EXPECT_EQ(experiment.model.branches[2].channels, (std::vector{24, 48, 96, 128}));
}

}  // namespace
}  // namespace genretrack
