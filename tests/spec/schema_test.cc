// The JSON Schema and the reader say the same, and the documentation is current.
#include <gtest/gtest.h>

#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "host/core/files.h"
#include "tests/spec/spec_fixture.h"

namespace genretrack {
namespace {

using nlohmann::json;
using valijson::adapters::NlohmannJsonAdapter;

class SchemaTest : public testing::Test {
 protected:
  SchemaTest() {
    const json text = json::parse(experiment_schema().dump());
    valijson::SchemaParser(valijson::SchemaParser::kDraft7)
        .populateSchema(NlohmannJsonAdapter(text), schema_);
  }
  bool valid(const json& spec) {
    valijson::Validator validator;
    return validator.validate(schema_, NlohmannJsonAdapter(spec), nullptr);
  }
  valijson::Schema schema_;
};

json changed(const std::string& pointer, const json& value) {
  json spec = good_spec();
  spec[json::json_pointer(pointer)] = value;
  return spec;
}

TEST_F(SchemaTest, AcceptsWhatTheReaderAccepts) {
  const std::vector<json> good = {
      good_spec(),
      changed("/$schema", "experiment.schema.json"),
      changed("/name", "x"),
      changed("/seeds", {1, 2, 3}),
      changed("/dataset/split", "k-fold"),
      changed("/dataset/split", {{"type", "k-fold"}, {"folds", 5}, {"group", "artist"}}),
      changed("/dataset/split", {{"type", "fault-filtered"}, {"validation", {{"fraction", 0.25}}}}),
      changed("/dataset/subset/genres", {"a", "b"}),
      changed("/features/n_fft", 1024),
      changed("/features/mfcc", {{"n_mfcc", 13}}),
      changed("/model/branches/0/channels", {8, 16}),
      changed("/training/optimizer", {{"type", "adamw"}, {"learning_rate", 1e-4}}),
      changed("/training/early_stopping/patience", 0),
      json::parse(to_json(read_text(good_spec().dump())).dump()),
  };
  for (const json& spec : good) {
    SCOPED_TRACE(spec.dump());
    EXPECT_EQ(refusal_of_text(spec.dump()).message, "");
    EXPECT_TRUE(valid(spec));
  }
}

TEST_F(SchemaTest, RefusesWhatTheReaderRefuses) {
  const std::vector<json> bad = {
      json::array(),
      json::object(),
      {{"dataset", {{"path", "m"}}}},
      changed("/trianing", json::object()),
      changed("/$schema", 1),
      changed("/name", 1),
      changed("/seeds", json::array()),
      changed("/seeds", {1, 1}),
      changed("/seeds", {-1}),
      changed("/dataset/path", ""),
      changed("/dataset/split", "alphabetical"),
      changed("/dataset/split", 3),
      changed("/dataset/split", {{"type", "k-fold"}, {"folds", 1}}),
      changed("/dataset/split", "artist-4fold"),
      changed("/dataset/subset/genres", {"a"}),
      changed("/dataset/subset/genres", {"a", "a"}),
      changed("/features/clip_seconds", 0),
      changed("/features/n_mels", 3),
      changed("/features/profile", "essentia"),
      changed("/features/mfcc/deltas", 3),
      changed("/model/branches", json::array()),
      changed("/model/branches/0", {{"input", "mfcc"}}),
      changed("/model/branches/0/dropout", 1),
      changed("/model/fusion", json::object()),
      changed("/model/branches/0/channels", {0}),
      changed("/training/epochs", 3.5),
      changed("/training/epochs", "3"),
      changed("/training/epochs", nullptr),
      changed("/training/precision", "float16"),
      changed("/training/augment/random_crop", 1),
      changed("/evaluation/bootstrap", 99),
  };
  for (const json& spec : bad) {
    SCOPED_TRACE(spec.dump());
    EXPECT_NE(refusal_of_text(spec.dump()).message, "");
    EXPECT_FALSE(valid(spec));
  }
}

TEST_F(SchemaTest, DescribesEveryField) {
  const std::function<void(const json&)> check = [&](const json& schema) {
    EXPECT_EQ(schema.at("additionalProperties"), false);
    for (const auto& [key, field] : schema.at("properties").items()) {
      EXPECT_FALSE(field.at("description").get<std::string>().empty()) << key;
      if (field.contains("properties")) check(field);
      if (field.contains("items") && field.at("items").contains("properties")) check(field.at("items"));
    }
  };
  check(json::parse(experiment_schema().dump(2)));
}

TEST(Documentation, SaysWhatEachFieldTakes) {
  const std::string text = experiment_documentation();
  for (const char* row :
       {"| `/dataset/split` | object, or a name alone: `fault-filtered`, `manifest`, `random`, `k-fold`, "
        "`artist-3fold`, `file` |",
        "| `/training/epochs` | integer from 1 to 100000 |",
        "| `/model/branches/*/dropout` | number at least 0 and below 1 |",
        "| `/model/fusion/strategy` | `early`, `feature`, `gated`, `late`, `weighted`, `stacking` | required "
        "|",
        "not compared with the recordings"})
    EXPECT_NE(text.find(row), std::string::npos) << row;
}

TEST(Documentation, IsCurrent) {
  EXPECT_EQ(read_file(GENRETRACK_SOURCE_ROOT "/docs/spec.md"), experiment_documentation())
      << "write it again: genretrack schema --markdown > docs/spec.md";
}

}  // namespace
}  // namespace genretrack
