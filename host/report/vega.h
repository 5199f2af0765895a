// Pieces that the Vega specifications of all charts share.
#pragma once

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

namespace genretrack::vega {

using nlohmann::json;

inline json chart_of_height(std::size_t height) {
  return {{"$schema", "https://vega.github.io/schema/vega/v5.json"},
          {"width", 400},
          {"height", height},
          {"padding", 5},
          {"autosize", {{"type", "fit-x"}, {"contains", "padding"}}}};
}

inline json field(const char* scale, const char* name) { return {{"scale", scale}, {"field", name}}; }

inline json middle_of(const char* scale, const char* name) {
  return {{"scale", scale}, {"field", name}, {"band", 0.5}};
}

inline json values_of(const std::string& name, json values) {
  return {{"name", name}, {"values", std::move(values)}};
}

// Four digits are more than a line on a screen can show.
inline double rounded(double value) { return std::round(value * 1e4) / 1e4; }

inline json value(json constant) { return {{"value", std::move(constant)}}; }
inline json signal(const char* expression) { return {{"signal", expression}}; }

// A mark that looks the same whether it has just come or was there before.
inline json mark(const char* type, const char* data, const json& encoding) {
  return {
      {"type", type}, {"from", {{"data", data}}}, {"encode", {{"enter", encoding}, {"update", encoding}}}};
}

// The values of a chart's data set of this name can be saved as CSV.
inline void offer_csv(json& chart, const char* data) { chart["usermeta"] = {{"csv", data}}; }

}  // namespace genretrack::vega
