// genretrack reproduce: a finished run is trained again from its folder, elsewhere, and its bytes are
// compared.
#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "host/cli/commands.h"
#include "host/cli/plan.h"
#include "host/cli/run_difference.h"
#include "host/core/error.h"
#include "host/core/files.h"
#include "host/core/utf8.h"
#include "host/pipeline/check_recordings.h"
#include "host/report/progress.h"
#include "host/spec/read_experiment.h"
#include "host/train/run_folder.h"

namespace genretrack {
namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

struct ReproduceArguments {
  fs::path run, keep;
  std::string training;
};

// A folder for what is trained again; removed at the end unless it is to be kept.
class Elsewhere {
 public:
  explicit Elsewhere(const fs::path& keep)
      : path_(keep.empty() ? fs::temp_directory_path() / fmt::format("genretrack-reproduce-{}", ::getpid())
                           : keep),
        keep_(!keep.empty()) {
    std::error_code ignored;
    if (keep_ && fs::exists(path_, ignored) && !fs::is_empty(path_, ignored))
      throw Error(ErrorKind::kUsage,
                  path_.string() + ": is there already and not empty; name another folder");
    make_folder(path_);
  }
  ~Elsewhere() {
    std::error_code ignored;
    if (!keep_) fs::remove_all(path_, ignored);
  }
  Elsewhere(const Elsewhere&) = delete;
  Elsewhere& operator=(const Elsewhere&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
  bool keep_;
};

// What the run folder says of itself.
struct Original {
  fs::path folder;
  Experiment experiment;
  Json trainings;  // of summary.json, those that are to be built again
};

Original read_original(const ReproduceArguments& arguments) {
  Original original;
  original.folder = arguments.run.has_filename() ? arguments.run : arguments.run.parent_path();
  std::string training = arguments.training;
  std::error_code ignored;
  if (!fs::exists(original.folder / "summary.json", ignored) &&
      fs::exists(original.folder / "result.json", ignored)) {
    training = original.folder.filename().string();
    original.folder = original.folder.parent_path();
  }
  const Json summary = read_json_file(original.folder / "summary.json");
  if (!summary.contains("trainings"))
    throw Error(ErrorKind::kData, original.folder.string() +
                                      ": is no finished run (summary.json is missing); name a folder below "
                                      "runs/, or run the experiment to its end first");
  original.experiment = read_experiments({original.folder / "spec.json"}, {}).front();
  original.trainings = Json::array();
  std::string names;
  for (const Json& entry : summary.at("trainings")) {
    names += (names.empty() ? "" : ", ") + entry.at("folder").get<std::string>();
    if (training.empty() || entry.at("folder") == training) original.trainings.push_back(entry);
  }
  if (original.trainings.empty())
    throw Error(ErrorKind::kUsage,
                original.folder.string() + ": has no training \"" + training + "\"; there are: " + names);
  return original;
}

// The features that the run heard, where they are still there and of these recordings; else they are computed
// anew. `note` says why.
void choose_cache(const Original& original, Planned& planned, std::string& note) {
  if (planned.cache_is_named) return;
  const std::string first = original.trainings.front().at("folder");
  const Json environment = read_json_file(original.folder / first / "environment.json");
  if (!environment.contains("cache")) return;
  const fs::path recorded = environment.at("cache").get<std::string>();
  std::error_code ignored;
  for (const fs::path& cache : {recorded, original.folder.parent_path() / ".cache" / recorded.filename()}) {
    if (!fs::exists(cache, ignored)) continue;
    try {
      check_recordings(planned.dataset, cache);
      planned.cache = cache;
      planned.cache_is_named = true;
      return;
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::kInterrupted) throw;
      note = std::string("features were computed anew: ") + error.what();
      return;
    }
  }
  note = "features were computed anew: the cache " + recorded.string() + " is not there any more";
}

const Fold& fold_of(const Split& split, const Json& entry) {
  for (const Fold& fold : split.folds)
    if (fold.name == entry.at("fold")) return fold;
  throw Error(ErrorKind::kData, "the split has no fold \"" + entry.at("fold").get<std::string>() +
                                    "\" any more: the recordings or their artists have changed since");
}

Device device_of(const Json& environment, const GlobalOptions& global) {
  if (global.device != Device::kAuto) return resolve(global.device);
  const bool cuda = environment.contains("device") && environment.at("device").value("name", "") == "cuda";
  return resolve(cuda ? Device::kCuda : Device::kCpu);
}

// One training again, with the device and the threads that it had, in a folder that knows no other.
Json reproduce_training(const Original& original, const PreparedRun& prepared, const FeatureCache& cache,
                        const Json& entry, const GlobalOptions& global, const fs::path& elsewhere) {
  const std::string name = entry.at("folder");
  const fs::path there = original.folder / name;
  const Json environment = read_json_file(there / "environment.json");
  PreparedRun run = prepared;
  run.experiment.seeds = {entry.at("seed").get<std::uint64_t>()};
  run.split.folds = {fold_of(prepared.split, entry)};
  RunOptions options;
  options.runs = elsewhere / name;
  options.device = device_of(environment, global);
  options.threads = global.threads > 0        ? global.threads
                    : environment.is_object() ? environment.value("threads", thread_count(global))
                                              : thread_count(global);
  std::unique_ptr<Progress> progress;
  std::string drawn;
  options.events.epoch = [&](const std::string& what, int epoch, int epochs, const std::string& detail) {
    if (drawn != what) progress = std::make_unique<Progress>("again: " + what, "epochs");
    drawn = what;
    progress->update(static_cast<std::size_t>(epoch), static_cast<std::size_t>(epochs), detail);
  };
  run_training(run, cache, options);
  progress.reset();
  return compare_trainings(there, options.runs / run.experiment.name / name);
}

void print(const Json& report) {
  for (const Json& training : report.at("trainings")) {
    const std::string name = one_line(training.at("folder").get<std::string>());
    if (training.at("equal").get<bool>())
      std::cout << name << ": all " << training.at("bytes").get<std::size_t>()
                << " bytes of predictions.csv are equal"
                << (training.at("model_equal").get<bool>() ? ", and those of model.h5" : "") << "\n";
    else
      std::cout << name << ": " << one_line(training.at("difference").get<std::string>()) << "\n";
    for (const Json& change : training.at("changes"))
      std::cout << "  changed: " << one_line(change.get<std::string>()) << "\n";
  }
  for (const Json& note : report.at("notes"))
    std::cout << "note: " << one_line(note.get<std::string>()) << "\n";
  std::cout << (report.at("equal").get<bool>() ? "reproduced: every byte of the predictions is equal\n"
                                               : "not reproduced\n");
}

void reproduce(const ReproduceArguments& arguments, const GlobalOptions& global) {
  const Original original = read_original(arguments);
  const Elsewhere elsewhere(arguments.keep);
  Planned planned = plan(original.experiment, global, elsewhere.path());
  std::string note;
  choose_cache(original, planned, note);
  ensure_cache(planned, global, global.device);
  const FeatureCache cache(planned.cache);
  const PreparedRun prepared = prepare(planned, cache, global);
  Json report = {{"run", original.folder.string()},
                 {"equal", true},
                 {"trainings", Json::array()},
                 {"notes", Json::array()}};
  if (!note.empty()) report["notes"].push_back(note);
  for (const Json& entry : original.trainings) {
    Json training = reproduce_training(original, prepared, cache, entry, global, elsewhere.path());
    if (!training.at("equal").get<bool>()) report["equal"] = false;
    report["trainings"].push_back(std::move(training));
  }
  if (global.json)
    std::cout << report.dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
  else
    print(report);
  if (!report.at("equal").get<bool>())
    throw Error(ErrorKind::kFailure, original.folder.string() +
                                         ": could not be reproduced byte for byte; what changed since stands "
                                         "above");
}

}  // namespace

void add_reproduce(CLI::App& app, GlobalOptions& global) {
  auto arguments = std::make_shared<ReproduceArguments>();
  CLI::App* command = app.add_subcommand(
      "reproduce", "train a finished run again from its folder and compare every byte of its predictions");
  command->add_option("RUN", arguments->run, "folder of a finished run, or of one of its trainings")
      ->required();
  command->add_option("--training", arguments->training,
                      "this training alone, such as seed-1 (default: all)");
  command
      ->add_option("--keep", arguments->keep, "train in this folder and keep it (default: a temporary one)")
      ->type_name("FOLDER");
  command->footer(
      "Device and threads are those of the run, unless --device or --threads say otherwise: other ones add "
      "up\n"
      "in another order, and the last digits differ. Exit code 1 where a byte differs.\n\n"
      "Examples:\n"
      "  genretrack reproduce runs/gtzan-4-late\n"
      "  genretrack reproduce runs/gtzan-4-late --training seed-1 --keep again");
  command->callback([arguments, &global] {
    wait_passively();
    reproduce(*arguments, global);
  });
}

}  // namespace genretrack
