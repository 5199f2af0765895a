// libFuzzer: any bytes as an experiment file are read or refused with an Error.
#include <cstddef>
#include <cstdint>
#include <string>

#include "host/core/error.h"
#include "host/spec/overrides.h"
#include "host/spec/read_experiment.h"
#include "host/spec/spec_reader.h"

namespace {

void expect_read_or_refused(const std::string& text, const std::string& argument) {
  try {
    genretrack::SpecSource source{genretrack::parse_json_text(text, "fuzz.json"), {}};
    if (!argument.empty()) genretrack::apply(genretrack::parse_override(argument), source);
    (void)genretrack::to_json(genretrack::read_experiment(source, "fuzz")).dump();
  } catch (const genretrack::Error& error) {
    if (!genretrack::is_utf8(error.what())) __builtin_trap();
  }
}

}  // namespace

// The text behind the last zero byte, if there is one, is a --set argument.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string text(reinterpret_cast<const char*>(data), size), argument;
  if (const std::size_t zero = text.rfind('\0'); zero != std::string::npos) {
    argument = text.substr(zero + 1);
    text.resize(zero);
  }
  expect_read_or_refused(text, argument);
  return 0;
}
