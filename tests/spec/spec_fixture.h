// Experiment files for tests, and what their reader says of them.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "host/core/error.h"
#include "host/spec/overrides.h"
#include "host/spec/read_experiment.h"
#include "host/spec/spec_reader.h"

namespace genretrack {

inline nlohmann::json good_spec() {
  return {{"dataset", {{"path", "music"}}},
          {"model", {{"branches", {{{"input", "mfcc"}, {"architecture", "cnn1d"}}}}}}};
}

inline Experiment read_text(const std::string& text, const std::vector<std::string>& overrides = {}) {
  SpecSource source{parse_json_text(text, "e.json"), {}};
  for (const std::string& argument : overrides) apply(parse_override(argument), source);
  return read_experiment(source, "e");
}

struct Refusal {
  ErrorKind kind = ErrorKind::kFailure;
  std::string message;  // empty: not refused
};

inline Refusal refusal_of(const std::function<void()>& read) {
  try {
    read();
  } catch (const Error& error) {
    return {error.kind(), error.what()};
  }
  return {};
}

inline Refusal refusal_of_text(const std::string& text, const std::vector<std::string>& overrides = {}) {
  return refusal_of([&] { read_text(text, overrides); });
}

// Of the good specification with one value put at a pointer.
inline Refusal refusal_with(const std::string& pointer, const nlohmann::json& value) {
  nlohmann::json spec = good_spec();
  spec[nlohmann::json::json_pointer(pointer)] = value;
  return refusal_of_text(spec.dump(1));
}

inline Refusal refusal_of_override(const std::string& argument, const nlohmann::json& spec = good_spec()) {
  return refusal_of_text(spec.dump(), {argument});
}

inline void expect_refusal(const Refusal& refusal, ErrorKind kind, const std::vector<std::string>& says) {
  ASSERT_FALSE(refusal.message.empty()) << "was accepted";
  EXPECT_EQ(refusal.kind, kind) << refusal.message;
  for (const std::string& part : says)
    EXPECT_NE(refusal.message.find(part), std::string::npos) << part << "\nis not in\n" << refusal.message;
}

}  // namespace genretrack
