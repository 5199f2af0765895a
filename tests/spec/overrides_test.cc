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
  const std::string text = schema.dump();
  std::size_t named = 0;
  for (std::size_t at = text.find("\"anyOf\""); at != text.npos; at = text.find("\"anyOf\"", at + 1)) ++named;
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
  expect_refusal(refusal_of_override("/model/branches/0/architecture=lstm"), ErrorKind::kUnsupported,
                 {"--set"});
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
