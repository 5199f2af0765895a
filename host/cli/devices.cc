// genretrack devices: what was compiled in and what answers here.
#include <spdlog/fmt/fmt.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "host/cli/commands.h"

namespace genretrack {
namespace {

void print_devices(bool json) {
  nlohmann::ordered_json document = nlohmann::ordered_json::array();
  std::string text;
  for (const DeviceReport& device : list_devices()) {
    nlohmann::ordered_json details = nlohmann::ordered_json::object();
    text += fmt::format("{:<6}{:<12}{}\n", device.name, device.usable ? "usable" : "not usable",
                        device.description);
    for (const auto& [what, value] : device.details) {
      details[what] = value;
      text += fmt::format("{:<18}{:<15}{}\n", "", what, value);
    }
    document.push_back({{"name", device.name},
                        {"compiled", device.compiled},
                        {"usable", device.usable},
                        {"description", device.description},
                        {"details", details}});
  }
  std::cout << (json ? document.dump(2) + "\n" : text);
}

}  // namespace

void add_devices(CLI::App& app, GlobalOptions& global) {
  CLI::App* command = app.add_subcommand("devices", "what can compute here and what was compiled in");
  command->footer("Examples:\n  genretrack devices\n  genretrack devices --json");
  command->callback([&global] { print_devices(global.json); });
}

}  // namespace genretrack
