// genretrack: options that every command shares, and how errors become messages and exit codes.
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <new>
#include <thread>

#include "host/cli/commands.h"
#include "host/core/error.h"
#include "host/core/interrupt.h"
#include "host/spec/nearest_name.h"

namespace genretrack {
namespace {

char** program_arguments = nullptr;

void log_to_stderr() {
  auto logger = spdlog::stderr_color_mt("genretrack");
  logger->set_pattern("%^%l%$: %v");
  spdlog::set_default_logger(logger);
}

void add_global_options(CLI::App& app, GlobalOptions& global) {
  app.set_version_flag("--version", "genretrack " GENRETRACK_VERSION);
  app.add_option("--device", global.device, "where to compute: auto, cpu or cuda")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, Device>{
              {"auto", Device::kAuto}, {"cpu", Device::kCpu}, {"cuda", Device::kCuda}},
          CLI::ignore_case))
      ->type_name("auto|cpu|cuda")
      ->default_str("auto");
  app.add_option("--threads", global.threads, "cores to use (default: all)")->check(CLI::Range(1, 1024));
  app.add_option(
         "--data-root", global.data_root,
         "where relative data paths of specs are looked up first; paths of a manifest may lead below it, too")
      ->envname("GENRETRACK_DATA");
  app.add_flag("--json", global.json, "one JSON document on stdout instead of text");
  app.require_subcommand(1);
  app.fallthrough();
}

std::string unknown_command(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  const std::string given = app.remaining().front();
  return "\"" + given + "\" is no command" + suggestion(given, names);
}

int run(int argc, char** argv) {
  CLI::App app{"Music genre recognition from four transforms, alone and fused, with honest comparison.",
               "genretrack"};
  GlobalOptions global;
  add_global_options(app, global);
  add_cache(app, global);
  add_run(app, global);
  add_compare(app, global);
  add_decompose(app, global);
  add_evaluate(app, global);
  add_predict(app, global);
  add_doctor(app, global);
  add_split(app, global);
  add_reproduce(app, global);
  add_show(app, global);
  add_trends(app, global);
  add_schema(app, global);
  add_devices(app, global);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // CLI11 would only say that a command is missing.
    if (error.get_exit_code() != 0 && app.get_subcommands().empty() && !app.remaining().empty())
      throw Error(ErrorKind::kUsage, unknown_command(app));
    return app.exit(error) == 0 ? 0 : static_cast<int>(ErrorKind::kUsage);
  }
  if (!std::cout.flush())
    throw Error(ErrorKind::kFailure, "the results could not be written to stdout: is the disk full?");
  return 0;
}

}  // namespace

// OpenMP must wait passively: with another busy process a training step was seen to take 5,280 ms instead of
// 26 with the default. libgomp reads the variable before main, so the program starts itself again once.
void wait_passively() {
  if (std::getenv("OMP_WAIT_POLICY") != nullptr) return;
  setenv("OMP_WAIT_POLICY", "passive", 1);
  // By its own path, so that process lists show its name. Where that cannot be done, waiting stays as it is:
  // slower, not wrong.
  std::error_code ignored;
  execv(std::filesystem::read_symlink("/proc/self/exe", ignored).c_str(), program_arguments);
}

int thread_count(const GlobalOptions& global) {
  return global.threads > 0 ? global.threads
                            : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
}

}  // namespace genretrack

int main(int argc, char** argv) {
  using namespace genretrack;
  program_arguments = argv;
  log_to_stderr();
  install_interrupt_handler();
  try {
    return run(argc, argv);
  } catch (const Error& error) {
    spdlog::error("{}", error.what());
    return error.exit_code();
  } catch (const std::filesystem::filesystem_error& error) {
    spdlog::error("{}: {}; is the path right, and may you read and write there?", error.path1().string(),
                  error.code().message());
    return static_cast<int>(ErrorKind::kData);
  } catch (const std::bad_alloc&) {
    spdlog::error("out of memory: a smaller batch, fewer threads or shorter clips need less");
  } catch (const std::exception& error) {
    spdlog::error("unexpected: {}", error.what());
  }
  return static_cast<int>(ErrorKind::kFailure);
}
