// --set /json/pointer=value
#include "host/spec/overrides.h"

#include <gtest/gtest.h>

#include "tests/spec/spec_fixture.h"

namespace genretrack {
namespace {

using nlohmann::json;

Experiment with(const std::vector<std::string>& overrides, const json& spec = good_spec()) {
  return read_text(spec.dump(), overrides);
}

TEST(Overrides, ValuesAreJsonOrElseText) {
  EXPECT_EQ(parse_override("/a=1").value, json(1));
  EXPECT_EQ(parse_override("/a=[1, \"x\"]").value, json({1, "x"}));
  EXPECT_EQ(parse_override("/a=\"1\"").value, json("1"));
  EXPECT_EQ(parse_override("/a=late").value, json("late"));
  EXPECT_EQ(parse_override("/a=").value, json(""));
  EXPECT_EQ(parse_override("/a=b=c").value, json("b=c"));
  EXPECT_EQ(parse_override("/a=1e999").value, json("1e999"));
}

TEST(Overrides, ChangeFieldsAndMakeMissingObjects) {
  EXPECT_EQ(with({"/name=other"}).name, "other");
  EXPECT_EQ(with({"/training/optimizer/learning_rate=2e-4"}).training.learning_rate, 2e-4);
  EXPECT_EQ(with({"/model/branches/0/dropout=0.5"}).model.branches[0].dropout, 0.5);
  EXPECT_EQ(with({"/training/epochs=3", "/training/epochs=4"}).training.epochs, 4);
  EXPECT_EQ(with({"/training={\"epochs\": 3}", "/training/batch_size=8"}).training.batch_size, 8);
  EXPECT_EQ(with({"/training={\"epochs\": 3}", "/training/batch_size=8"}).training.epochs, 3);
}

TEST(Overrides, AFieldBesideANamedSplit) {
  json spec = good_spec();
  spec["dataset"]["split"] = "k-fold";
  const SplitParams split = with({"/dataset/split/folds=4", "/dataset/split/seed=2"}, spec).dataset.split;
  EXPECT_EQ(split.type, SplitType::kKFold);
  EXPECT_EQ(split.folds, 4);
  EXPECT_EQ(split.seed, 2u);
  EXPECT_EQ(with({"/dataset/split=manifest"}, spec).dataset.split.type, SplitType::kManifest);
}

TEST(Overrides, NamedObjectsAreThoseOfTheSchema) {
  const json schema = experiment_schema();
  for (const std::string_view pointer : kNamedObjects) {
    const json* field = &schema;
    for (const char* step : {"dataset", "split"}) field = &field->at("properties").at(step);
    EXPECT_EQ(pointer, "/dataset/split");
    EXPECT_TRUE(field->contains("anyOf"));
  }
  const std::string text = schema.dump(), names = "\"anyOf\":[{\"enum\"";
  std::size_t named = 0;
  for (std::size_t at = text.find(names); at != text.npos; at = text.find(names, at + 1)) ++named;
  EXPECT_EQ(named, kNamedObjects.size());
}

TEST(Overrides, ThatLeadNowhereAreUsageErrorsWithTheNearestName) {
  expect_refusal(refusal_of_override("/training/epoch=3"), ErrorKind::kUsage,
                 {"--set /training/epoch=3: /training/epoch: unknown key", "did you mean \"epochs\"?"});
  expect_refusal(refusal_of_override("/trainin/epochs=3"), ErrorKind::kUsage,
                 {"--set /trainin/epochs=3: /trainin: unknown key", "did you mean \"training\"?"});
  expect_refusal(refusal_of_override("/nowhere/at/all=1"), ErrorKind::kUsage, {"/nowhere: unknown key"});
  expect_refusal(refusal_of_override("/training/epochs/x=1"), ErrorKind::kUsage,
                 {"/training/epochs: expected an integer"});
  expect_refusal(refusal_of_override("/=1"), ErrorKind::kUsage, {"--set /=1"});
}

TEST(Overrides, ThatAreBlockedAreUsageErrors) {
  json spec = good_spec();
  spec["training"]["epochs"] = 3;
  spec["name"] = "x";
  expect_refusal(refusal_of_override("/training/epochs/x=1", spec), ErrorKind::kUsage,
                 {"--set /training/epochs/x=1: /training/epochs is 3, which has no field \"x\""});
  expect_refusal(refusal_of_override("/name/x=1", spec), ErrorKind::kUsage,
                 {"/name is \"x\", which has no field"});
  for (const char* index : {"1", "-", "-1", "x", "", "99999999999999999999", "0x0"})
    expect_refusal(refusal_of_override(std::string("/model/branches/") + index + "/dropout=0.5"),
                   ErrorKind::kUsage,
                   {std::string("\"") + index + "\" is no element of /model/branches, a list of 1"});
}

TEST(Overrides, ThatAreNoPointersAreUsageErrors) {
  for (const char* argument : {"training.epochs=3", "training/epochs=3", "/training/epochs", "", "=", "=3"})
    expect_refusal(refusal_of_override(argument), ErrorKind::kUsage, {"expected /json/pointer=value"});
  for (const char* argument : {"/a~=1", "/a~2b=1"})
    expect_refusal(refusal_of_override(argument), ErrorKind::kUsage, {"is no JSON pointer"});
  expect_refusal(refusal_of_override("/a~1b~0=1"), ErrorKind::kUsage, {": /a~1b~0: unknown key"});
  expect_refusal(refusal_of_override("/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17=1"), ErrorKind::kUsage,
                 {"deeper"});
  expect_refusal(refusal_of_override("/name=\xff"), ErrorKind::kUsage, {"UTF-8"});
}

TEST(Overrides, OfAWrongTypeAreUsageErrors) {
  for (const char* value : {"many", "2.5", "-1", "1e999", "null", "[]"})
    expect_refusal(refusal_of_override(std::string("/training/epochs=") + value), ErrorKind::kUsage,
                   {std::string("--set /training/epochs=") + value + ": /training/epochs: "});
  expect_refusal(refusal_of_override("/training={\"epochs\": \"x\"}"), ErrorKind::kUsage,
                 {": /training/epochs: "});
  expect_refusal(refusal_of_override("/name=" + std::string(100000, '[') + std::string(100000, ']')),
                 ErrorKind::kUsage, {"nested deeper"});
  expect_refusal(refusal_of_override("/training={\"epochs\": 1, \"epochs\": 2}"), ErrorKind::kUsage,
                 {"twice"});
  expect_refusal(refusal_of_override("/evaluation/aggregate=vote"), ErrorKind::kUnsupported, {"--set"});
}

TEST(Overrides, TakeTheBlameForFieldsThatTheyLeaveWithoutMeaning) {
  const json branches = {{{"input", "mfcc"}, {"architecture", "cnn1d"}, {"channels", {8}}},
                         {{"input", "chromagram"}, {"architecture", "dense"}}};
  const json spec = {{"dataset", {{"path", "m"}, {"split", {{"type", "k-fold"}, {"folds", 3}}}}},
                     {"features", {{"n_fft", 4096}, {"hop_length", 2048}, {"mfcc", {{"n_mfcc", 40}}}}},
                     {"model", {{"branches", branches}, {"fusion", {{"strategy", "late"}}}}}};
  const std::vector<std::pair<std::string, std::string>> blamed = {
      {"/features/clip_seconds=1", "/training/segment_seconds: 3 s is longer"},
      {"/features/n_fft=1024", "/features/hop_length: hop_length is 2048"},
      {"/features/spectrogram={\"n_mels\": 20}", "/features/mfcc/n_mfcc: n_mfcc is 40, expected 1 to n_mels"},
      {"/model/branches/0/input=chromagram",
       "/model/branches/1/input: \"chromagram\" is the input of branch 0"},
      {"/model/branches/0/architecture=dense", "/model/branches/0/channels: has a meaning for cnn1d"},
      {"/model/branches=[{\"input\": \"mfcc\", \"architecture\": \"cnn1d\"}]",
       "/model/fusion: has a meaning for several branches only"},
      {"/dataset/split/type=random", "/dataset/split/folds: has a meaning for k-fold only"},
  };
  for (const auto& [argument, what] : blamed) {
    SCOPED_TRACE(argument);
    expect_refusal(refusal_of_override(argument, spec), ErrorKind::kUsage,
                   {"--set " + argument + ": e.json:1:", what});
  }
  // What the override itself set stands nowhere in the file.
  expect_refusal(
      refusal_of_override("/features/clip_seconds=1e-5", spec), ErrorKind::kUsage,
      {"--set /features/clip_seconds=1e-5: /features/clip_seconds: clip_seconds 1e-05 is less than"});
  expect_refusal(refusal_of_override("/model/branches=" + branches.dump()), ErrorKind::kUsage,
                 {"--set /model/branches=", ": e.json:1:", "/model: \"fusion\" is missing"});
  const std::vector<std::string> both = {"/training/segment_seconds=5", "/features/clip_seconds=4"};
  expect_refusal(refusal_of_text(spec.dump(), both), ErrorKind::kUsage,
                 {"--set /features/clip_seconds=4: --set /training/segment_seconds=5: /training/segment"});
  expect_refusal(refusal_of_text(spec.dump(), {"/features/clip_seconds=3600", "/features/hop_length=1"}),
                 ErrorKind::kUnsupported,
                 {"--set /features/clip_seconds=3600: ", "--set /features/hop_length=1: ", "2 GiB"});
}

TEST(Overrides, TakeNoBlameForOtherFieldsOfAnObjectThatTheyMade) {
  json spec = good_spec();
  spec["features"]["clip_seconds"] = 1;
  const Refusal refusal = refusal_of_override("/training/epochs=3", spec);
  expect_refusal(refusal, ErrorKind::kSpec, {"e.json:1:1: /training/segment_seconds: 3 s is longer"});
  EXPECT_EQ(refusal.message.find("--set"), std::string::npos) << refusal.message;
  spec["features"]["n_fft"] = 16384;
  const Refusal window = refusal_of_override("/features/hop_length=256", spec);
  expect_refusal(window, ErrorKind::kUnsupported, {"e.json:1:", ": /features/n_fft: n_fft is 16384"});
  EXPECT_EQ(window.message.find("--set"), std::string::npos) << window.message;
}

TEST(Overrides, AreNotEchoedWhole) {
  const std::string text(100000, 'x');
  for (const std::string& argument :
       {"/training/epochs=" + text, "/" + text + "=1", "/training/" + text + "/x=1", "/name/" + text + "=1",
        "/model/branches/" + text + "=1", "/~" + text + "=1", text}) {
    json spec = good_spec();
    spec["name"] = "x";
    const Refusal refusal = refusal_of_override(argument, spec);
    expect_refusal(refusal, ErrorKind::kUsage, {"--set " + argument.substr(0, 77) + "...: "});
    EXPECT_LT(refusal.message.size(), 600u) << refusal.message;
  }
  // Not inside a character.
  std::string accents = "/name=";
  while (accents.size() < 200) accents += "\xc3\xa9";
  for (const std::string& argument : {accents, "/" + accents})
    EXPECT_TRUE(is_utf8(parse_override(argument).origin));
}

TEST(Overrides, AreShownWithoutControlCharacters) {
  expect_refusal(refusal_of_override("/a\x1b[31m=\x7f\n"), ErrorKind::kUsage,
                 {R"(--set /a\u001b[31m=\u007f\n: /a\u001b[31m: unknown key)"});
}

TEST(Overrides, DoNotTakeTheBlameForTheFile) {
  json spec = good_spec();
  spec["training"]["epochs"] = "many";
  expect_refusal(refusal_of_override("/training/batch_size=8", spec), ErrorKind::kSpec,
                 {"e.json:1:", "/training/epochs"});
  EXPECT_EQ(with({"/training/epochs=3"}, spec).training.epochs, 3);
  // A later --set of the whole takes the place of an earlier one of a part.
  expect_refusal(refusal_of_text(spec.dump(), {"/training/epochs=3", "/training={\"epochs\": 0}"}),
                 ErrorKind::kUsage, {"--set /training={\"epochs\": 0}: /training/epochs"});
}

}  // namespace
}  // namespace genretrack
