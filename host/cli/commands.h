// The commands. Each has a file of its own, adds its subcommand with its options, help and examples, and does
// its work in the subcommand's callback, throwing Error.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <string>

#include "host/backend/device.h"

namespace genretrack {

// Options that stand before or behind any command.
struct GlobalOptions {
  Device device = Device::kAuto;
  int threads = 0;                  // 0: one per core
  bool json = false;                // one JSON document on stdout instead of text
  std::filesystem::path data_root;  // --data-root or GENRETRACK_DATA
};

void add_cache(CLI::App& app, GlobalOptions& global);
void add_run(CLI::App& app, GlobalOptions& global);
void add_compare(CLI::App& app, GlobalOptions& global);
void add_decompose(CLI::App& app, GlobalOptions& global);
void add_evaluate(CLI::App& app, GlobalOptions& global);
void add_predict(CLI::App& app, GlobalOptions& global);
void add_doctor(CLI::App& app, GlobalOptions& global);
void add_split(CLI::App& app, GlobalOptions& global);
void add_reproduce(CLI::App& app, GlobalOptions& global);
void add_show(CLI::App& app, GlobalOptions& global);
void add_trends(CLI::App& app, GlobalOptions& global);
void add_schema(CLI::App& app, GlobalOptions& global);
void add_devices(CLI::App& app, GlobalOptions& global);

// The number of threads to use: the option's, or one per core that this process may use.
int thread_count(const GlobalOptions& global);

// For commands that compute networks, first of all: starts the program again, with its threads told to wait
// without spinning. The others start twice as fast without it.
void wait_passively();

}  // namespace genretrack
