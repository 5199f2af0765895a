// Every field of the schema refuses what does not fit it.
#include <gtest/gtest.h>

#include <set>

#include "tests/spec/spec_fixture.h"

namespace genretrack {
namespace {

using nlohmann::json;

struct Field {
  std::string pointer;
  json schema;
};

// All fields; an element of a list of objects stands for all of them.
void collect(const json& schema, const std::string& pointer, std::vector<Field>& fields) {
  for (const auto& [key, field] : schema.at("properties").items()) {
    const std::string at = pointer + "/" + key;
    fields.push_back({at, field});
    const json& whole = field.contains("anyOf") ? field.at("anyOf").at(1) : field;
    if (whole.contains("properties")) collect(whole, at, fields);
    if (whole.contains("items") && whole.at("items").contains("properties"))
      collect(whole.at("items"), at + "/0", fields);
  }
}

std::vector<Field> all_fields() {
  std::vector<Field> fields;
  collect(json(experiment_schema()), "", fields);
  return fields;
}

// The good specification, changed so that the field has a meaning.
json spec_for(const std::string& pointer) {
  json spec = good_spec();
  json& branch = spec["model"]["branches"][0];
  if (pointer.ends_with("/units")) branch["architecture"] = "dense";
  for (const char* key : {"/cell", "/hidden", "/layers", "/bidirectional"})
    if (pointer.ends_with(key)) branch["architecture"] = "crnn";
  if (pointer.ends_with("/split/test")) spec["dataset"]["split"]["type"] = "fault-filtered";
  if (pointer.ends_with("/tuning_semitones")) spec["features"]["chromagram"]["tuning"] = "fixed";
  if (pointer.ends_with("/split/path")) spec["dataset"]["split"]["type"] = "file";
  if (pointer.ends_with("/split/folds")) spec["dataset"]["split"]["type"] = "k-fold";
  json& schedule = spec["training"]["schedule"];
  if (pointer.ends_with("/momentum") || pointer.ends_with("/least_momentum"))
    spec["training"]["optimizer"]["type"] = "sgd";
  schedule["type"] = "cosine";
  if (pointer.find("/schedule/step_") != pointer.npos) schedule["type"] = "step";
  for (const char* key : {"/rise", "/start_factor", "/end_factor", "/least_momentum"})
    if (pointer.ends_with(key)) schedule["type"] = "one-cycle";
  if (pointer.starts_with("/model/fusion")) {
    const json architecture = branch["architecture"];
    spec["model"]["branches"].push_back({{"input", "spectrogram"}, {"architecture", "cnn2d"}});
    json& fusion = spec["model"]["fusion"];
    fusion["strategy"] = "late";
    if (pointer.starts_with("/model/fusion/network")) {
      fusion["strategy"] = "early";
      fusion["network"]["architecture"] = architecture == "cnn1d" ? json("cnn2d") : architecture;
    } else if (pointer.ends_with("/units") || pointer.ends_with("/dropout")) {
      fusion["strategy"] = "feature";
    } else if (pointer.ends_with("/embedding")) {
      fusion["strategy"] = "gated";
    } else if (pointer.ends_with("/prior_clips")) {
      fusion["strategy"] = "weighted";
    }
  }
  return spec;
}

Refusal refusal_at(const std::string& pointer, const json& value) {
  json spec = spec_for(pointer);
  spec[json::json_pointer(pointer)] = value;
  return refusal_of_text(spec.dump(1));
}

// A number, or a pair of them.
bool is_size(const json& field) {
  return field.contains("anyOf") && field.at("anyOf").at(0).contains("type");
}

bool fits(const json& field, const json& value) {
  if (is_size(field)) return (value.is_number() && value != json(3.5)) || value.is_array();
  if (field.contains("anyOf")) return value.is_string() || value.is_object();
  if (field.contains("enum")) return value.is_string();
  const std::string type = field.at("type");
  return (type == "object" && value.is_object()) || (type == "array" && value.is_array()) ||
         (type == "string" && value.is_string()) || (type == "boolean" && value.is_boolean()) ||
         (type == "number" && value.is_number()) ||
         (type == "integer" && value.is_number() && value != json(3.5));
}

TEST(Fields, AreAllWalked) {
  std::set<std::string> pointers;
  for (const Field& field : all_fields()) pointers.insert(field.pointer);
  for (const char* some :
       {"/name", "/dataset/split/seed", "/model/branches/0/units", "/training/augment/random_crop"})
    EXPECT_TRUE(pointers.count(some)) << some;
  EXPECT_GT(pointers.size(), 50u);
}

TEST(Fields, RefuseValuesOfEveryWrongType) {
  const std::vector<json> values = {nullptr,          true,          3, 3.5, "text", json::array(),
                                    json::array({1}), json::object()};
  for (const Field& field : all_fields())
    for (const json& value : values) {
      if (fits(field.schema, value)) continue;
      SCOPED_TRACE(field.pointer + " = " + value.dump());
      expect_refusal(refusal_at(field.pointer, value), ErrorKind::kSpec,
                     {"e.json:", ": " + field.pointer + ": expected ", ", not " + value.dump()});
    }
}

TEST(Fields, RefuseElementsOfAWrongType) {
  for (const Field& field : all_fields()) {
    if (field.schema.value("type", "") != "array") continue;
    for (const json& value : {json(nullptr), json(3.5), json(json::array())}) {
      if (value.is_array() && is_size(field.schema.at("items"))) continue;  // a pair that is none
      SCOPED_TRACE(field.pointer + " with " + value.dump());
      const json list = json::array({value, value});
      expect_refusal(refusal_at(field.pointer, list), ErrorKind::kSpec,
                     {": " + field.pointer + "/0: expected "});
    }
  }
}

TEST(Fields, RefuseNumbersOutOfTheirLimits) {
  std::size_t limited = 0;
  for (const Field& field : all_fields()) {
    std::vector<json> bad, good;
    const json& schema = field.schema;
    const double step = schema.value("type", "") == "integer" ? 1 : 1e-3;
    if (schema.contains("minimum")) bad.push_back(schema.at("minimum").get<double>() - step);
    if (schema.contains("exclusiveMinimum")) bad.push_back(schema.at("exclusiveMinimum"));
    if (schema.contains("maximum")) bad.push_back(schema.at("maximum").get<double>() + step);
    if (schema.contains("exclusiveMaximum")) bad.push_back(schema.at("exclusiveMaximum"));
    if (bad.empty()) continue;
    ++limited;
    ASSERT_EQ(bad.size(), 2u) << field.pointer << ": a number needs both limits";
    for (const json& more : {json(-1), json(1e20), json(-1e300), json(1e300), json(18446744073709551615u)})
      bad.push_back(more);
    for (const json& value : bad) {
      SCOPED_TRACE(field.pointer + " = " + value.dump());
      expect_refusal(refusal_at(field.pointer, value), ErrorKind::kSpec,
                     {": " + field.pointer + ": ", "out of range"});
    }
  }
  EXPECT_GT(limited, 15u);
}

TEST(Fields, RefuseListsThatAreTooShortOrTooLong) {
  for (const Field& field : all_fields()) {
    if (!field.schema.contains("maxItems")) continue;
    json list = json::array();
    for (std::size_t i = 0; i <= field.schema.at("maxItems").get<std::size_t>(); ++i) list.push_back(i + 1);
    SCOPED_TRACE(field.pointer);
    expect_refusal(refusal_at(field.pointer, list), ErrorKind::kSpec, {field.pointer + ": has", "expected"});
    expect_refusal(refusal_at(field.pointer, json::array()), ErrorKind::kSpec,
                   {field.pointer + ": has 0 elements; expected"});
  }
}

TEST(Fields, RefuseUnknownChoicesWithTheAllowedOnes) {
  for (const Field& field : all_fields()) {
    if (!field.schema.contains("enum")) continue;
    const std::string name = field.schema.at("enum").at(0);
    SCOPED_TRACE(field.pointer);
    const Refusal refusal = refusal_at(field.pointer, name + "x");
    expect_refusal(refusal, ErrorKind::kSpec,
                   {": " + field.pointer + ": \"" + name + "x\" is unknown", "did you mean \"" + name + "\"?",
                    "llowed: "});
    for (const json& allowed : field.schema.at("enum"))
      EXPECT_NE(refusal.message.find(allowed.get<std::string>()), std::string::npos) << refusal.message;
  }
}

TEST(Fields, UnknownKeysAreRefusedAtEveryLevel) {
  std::vector<std::pair<std::string, std::string>> objects = {{"", "seeds"}};
  for (const Field& field : all_fields()) {
    const json& whole = field.schema.contains("anyOf") ? field.schema.at("anyOf").at(1) : field.schema;
    const json& item = whole.contains("items") ? whole.at("items") : whole;
    if (!item.contains("properties")) continue;
    const std::string at = field.pointer + (whole.contains("items") ? "/0" : "");
    // A key that has a meaning in every variant of its object.
    const bool has_type = item.at("properties").contains("type");
    objects.emplace_back(at, at.ends_with("/branches/0") || at.ends_with("/network") ? "dropout"
                             : at.ends_with("/fusion")                               ? "strategy"
                             : has_type                                              ? "type"
                                        : item.at("properties").begin().key());
  }
  for (const auto& [at, key] : objects) {
    json spec = spec_for(at);
    spec[json::json_pointer(at + "/" + key + "x")] = 1;
    SCOPED_TRACE(at + "/" + key + "x");
    const Refusal refusal = refusal_of_text(spec.dump());
    expect_refusal(refusal, ErrorKind::kSpec, {": " + at + "/" + key + "x: unknown key", "llowed: "});
    if (key != "test") expect_refusal(refusal, ErrorKind::kSpec, {"did you mean \"" + key + "\"?"});
  }
}

}  // namespace
}  // namespace genretrack
