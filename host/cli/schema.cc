// genretrack schema: what an experiment file may say.
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "host/cli/commands.h"
#include "host/spec/read_experiment.h"

namespace genretrack {

void add_schema(CLI::App& app, GlobalOptions&) {
  auto markdown = std::make_shared<bool>(false);
  CLI::App* sub = app.add_subcommand("schema", "print the JSON Schema of an experiment file");
  sub->add_flag("--markdown", *markdown, "print the reference (docs/spec.md) instead");
  sub->footer(
      "Examples:\n"
      "  genretrack schema > experiment.schema.json\n"
      "  genretrack schema --markdown");
  sub->callback([markdown] {
    std::cout << (*markdown ? experiment_documentation() : experiment_schema().dump(2) + "\n");
  });
}

}  // namespace genretrack
