// The visitor that makes a JSON Schema of the declarations, and the documentation that is made of the schema.
#include <nlohmann/json.hpp>

#include "host/spec/fields.h"
#include "host/spec/read_experiment.h"
#include "host/spec/spec_reader.h"

namespace genretrack {
namespace {

using Json = nlohmann::ordered_json;

class SchemaMaker {
 public:
  Json schema_ = {{"type", "object"}, {"properties", Json::object()}};

  void text(const char* key, const std::string&, const char* meaning, bool required = false,
            Applies applies = {}) {
    Json field = {{"type", "string"}};
    if (required) field["minLength"] = 1;
    add(key, field, meaning, applies, required);
  }
  void texts(const char* key, const std::vector<std::string>&, ListLimits list, const char* meaning,
             Applies applies = {}) {
    add(key, array({{"type", "string"}}, list, true), meaning, applies);
  }
  void boolean(const char* key, bool value, const char* meaning, Applies applies = {}) {
    add(key, {{"type", "boolean"}, {"default", value}}, meaning, applies);
  }
  void number(const char* key, double value, Limits limits, const char* meaning, Applies applies = {}) {
    Json field = limited("number", limits);
    field["default"] = value;
    add(key, field, meaning, applies);
  }
  template <class Integer>
  void integer(const char* key, Integer value, Limits limits, const char* meaning, Applies applies = {}) {
    Json field = limited("integer", limits);
    field["default"] = value;
    add(key, field, meaning, applies);
  }
  void integers(const char* key, const std::vector<int>&, ListLimits list, Limits limits, const char* meaning,
                Applies applies) {
    add(key, array(limited("integer", limits), list, false), meaning, applies);
  }
  void size(const char* key, MapSize value, Limits limits, const char* meaning, Applies applies) {
    Json field = size_schema(limits);
    field["default"] = value.width;
    add(key, field, meaning, applies);
  }
  void sizes(const char* key, const std::vector<MapSize>&, Limits limits, const char* meaning,
             Applies applies) {
    add(key, array(size_schema(limits), {1, 8}, false), meaning, applies);
  }
  void seeds(const char* key, const std::vector<std::uint64_t>& value, ListLimits list, const char* meaning) {
    Json field = array(limited("integer", {0, 9007199254740991.0}), list, true);
    field["default"] = value;
    add(key, field, meaning);
  }
  void ignored(const char* key, const char* meaning) { add(key, {{"type", "string"}}, meaning); }
  void later(const char*, const char*) {}
  void only(const char* key, const char* name, const std::vector<std::string>&, const char* meaning) {
    add(key, {{"enum", {name}}, {"default", name}}, meaning);
  }
  template <class E>
  void choice(const char* key, E value, const char* meaning, Applies applies = {}, bool required = false) {
    Json names = Json::array(), field;
    std::string preset;
    for (const Choice<E>& choice : kChoices<E>) {
      if (choice.available) names.push_back(choice.name);
      if (choice.value == value) preset = choice.name;
    }
    field["enum"] = names;
    if (!required && !preset.empty()) field["default"] = preset;
    add(key, field, meaning, applies, required);
  }
  template <class Declare>
  void object(const char* key, const char* meaning, const Declare& fields, bool required = false,
              Applies applies = {}) {
    add(key, object_schema(fields), meaning, applies, required);
  }
  template <class Declare>
  void named_object(const char* key, const char* name_key, const char* meaning, const Declare& fields) {
    const Json whole = object_schema(fields);
    const Json name = {{"enum", whole.at("properties").at(name_key).at("enum")}};
    add(key, {{"anyOf", {name, whole}}}, meaning);
  }
  template <class T, class Declare>
  void objects(const char* key, std::vector<T>&, ListLimits list, const char* meaning,
               const Declare& fields) {
    T preset{};
    const Json item = object_schema([&](auto& inner) { fields(inner, preset); });
    add(key, array(item, list, false), meaning, {}, true);
  }
  Json finish() {
    schema_["additionalProperties"] = false;
    return std::move(schema_);
  }

 private:
  template <class Declare>
  static Json object_schema(const Declare& fields) {
    SchemaMaker inner;
    fields(inner);
    return inner.finish();
  }
  static Json size_schema(Limits limits) {
    const Json side = limited("integer", limits);
    return {{"anyOf", {side, array(side, {2, 2}, false)}}};
  }
  static Json limited(const char* type, Limits limits) {
    Json field = {{"type", type}};
    const auto number = [&](double v) {
      return std::string(type) == "integer" ? Json(static_cast<std::int64_t>(v)) : Json(v);
    };
    if (limits.minimum > std::numeric_limits<double>::lowest())
      field[limits.above_minimum ? "exclusiveMinimum" : "minimum"] = number(limits.minimum);
    if (limits.maximum < std::numeric_limits<double>::max())
      field[limits.below_maximum ? "exclusiveMaximum" : "maximum"] = number(limits.maximum);
    return field;
  }
  static Json array(Json item, ListLimits list, bool unique) {
    Json field = {
        {"type", "array"}, {"items", std::move(item)}, {"minItems", list.least}, {"maxItems", list.most}};
    if (unique) field["uniqueItems"] = true;
    return field;
  }
  void add(const char* key, Json field, const std::string& meaning, Applies applies = {},
           bool required = false) {
    const std::string when = applies.when;
    field["description"] = meaning + (when.empty() ? "" : " (for " + when + " only)");
    schema_["properties"][key] = std::move(field);
    if (required) schema_["required"].push_back(key);
  }
};

std::string limits_of(const Json& field) {
  std::string text;
  if (field.contains("anyOf") && field.at("anyOf").at(0).contains("type"))
    return limits_of(field.at("anyOf").at(0)) + ", or a pair [rows, frames]";
  if (field.contains("anyOf")) return "object, or a name alone: " + limits_of(field.at("anyOf").at(0));
  if (field.contains("enum")) {
    for (const Json& name : field.at("enum"))
      text += (text.empty() ? "" : ", ") + ("`" + name.get<std::string>() + "`");
    return text;
  }
  text = field.value("type", "");
  if (field.contains("items")) {
    const std::string items = limits_of(field.at("items"));
    return "list of " + field.at("minItems").dump() + " to " + field.at("maxItems").dump() +
           (items == "object" ? " objects" : ": " + items);
  }
  Limits limits;
  for (const char* key : {"minimum", "exclusiveMinimum"})
    if (field.contains(key)) limits.minimum = field.at(key).get<double>();
  for (const char* key : {"maximum", "exclusiveMaximum"})
    if (field.contains(key)) limits.maximum = field.at(key).get<double>();
  limits.above_minimum = field.contains("exclusiveMinimum");
  limits.below_maximum = field.contains("exclusiveMaximum");
  const std::string range = range_text(limits);
  return text + (range.empty() ? "" : " ") + range;
}

void document(const Json& schema, const std::string& pointer, std::string& text) {
  const Json required = schema.value("required", Json::array());
  for (const auto& [key, field] : schema.at("properties").items()) {
    const std::string at = pointer + "/" + key;
    const bool must = std::find(required.begin(), required.end(), Json(key)) != required.end();
    const Json& whole = field.contains("anyOf") ? field.at("anyOf").at(1) : field;
    std::string preset = must                        ? "required"
                         : field.contains("default") ? "`" + field.at("default").dump() + "`"
                                                     : "";
    text += "| `" + at + "` | " + limits_of(field) + " | " + preset + " | " +
            field.at("description").get<std::string>() + " |\n";
    if (whole.contains("properties")) document(whole, at, text);
    if (whole.contains("items") && whole.at("items").contains("properties"))
      document(whole.at("items"), at + "/*", text);
  }
}

}  // namespace

Json experiment_schema() {
  Experiment preset;
  SchemaMaker maker;
  declare(maker, preset);
  Json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                 {"title", "genretrack experiment"}};
  schema.update(maker.finish());
  return schema;
}

std::string experiment_documentation() {
  std::string text =
      "# Experiment files\n\n"
      "Generated by `genretrack schema --markdown` from the declarations in `host/spec/fields.h`; a test "
      "checks "
      "that it is current. `genretrack schema` prints the JSON Schema, with which editors complete and "
      "check.\n\n"
      "An experiment file is one JSON object. Only `dataset` and `model` are required. A key that is unknown "
      "or "
      "stands twice, a wrong type, a value out of range or an impossible combination is refused (exit code "
      "3) "
      "with file, line, column and JSON pointer. What has a meaning but is not in this version is refused "
      "with "
      "exit code 5. A command reports the first error of every file.\n\n"
      "```json\n"
      "{\n"
      "  \"dataset\": {\"path\": \"music\", \"split\": \"random\"},\n"
      "  \"model\": {\n"
      "    \"branches\": [\n"
      "      {\"input\": \"spectrogram\", \"architecture\": \"cnn2d\"},\n"
      "      {\"input\": \"mfcc\", \"architecture\": \"cnn1d\"}\n"
      "    ],\n"
      "    \"fusion\": {\"strategy\": \"late\"}\n"
      "  }\n"
      "}\n"
      "```\n\n"
      "`--set /training/epochs=40` changes a field of every experiment of a command. The value is JSON, or "
      "else "
      "text; objects on the way are made where they are missing. What it gets wrong is an error of the "
      "command "
      "line (exit code 2).\n\n"
      "A sweep is a file `{\"base\": \"late.json\", \"grid\": {\"/training/optimizer/learning_rate\": [1e-3, "
      "3e-4]}}`: one experiment for each combination of the listed values, at most 1000, named after the "
      "base "
      "and the values (`late-learning_rate=0.001`). Axes are taken in alphabetical order, the last one "
      "varies "
      "fastest. `--set` changes the base and cannot change what the grid varies.\n\n"
      "Random draws stand in place of the grid: `{\"base\": \"late.json\", \"random\": "
      "{\"/training/optimizer/learning_rate\": {\"log_uniform\": [1e-4, 1e-2]}, "
      "\"/model/branches/0/dropout\": {\"uniform\": [0, 0.5]}, \"/training/batch_size\": {\"choice\": [16, "
      "32]}, "
      "\"/training/epochs\": {\"integer\": [20, 60]}}, \"draws\": 20, \"seed\": 1}`. Limits are included, "
      "numbers "
      "have four digits, a run is named by its draw (`late-draw-007`). More draws keep the first ones.\n\n"
      "In the table, `*` stands for the position in a list, from 0.\n\n"
      "| field | value | default | meaning |\n|---|---|---|---|\n";
  document(experiment_schema(), "", text);
  return text;
}

}  // namespace genretrack
