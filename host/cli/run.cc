// genretrack run: every spec is checked, every cache is built, then every experiment trains.
#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "host/cli/commands.h"
#include "host/core/error.h"
#include "host/core/xxh3.h"
#include "host/pipeline/build_cache.h"
#include "host/pipeline/check_recordings.h"
#include "host/report/progress.h"
#include "host/report/table.h"
#include "host/spec/read_experiment.h"
#include "host/train/branch_data.h"
#include "host/train/run_folder.h"
#include "host/train/run_training.h"

namespace genretrack {
namespace {

using Json = nlohmann::ordered_json;

struct RunCommand {
  std::vector<std::filesystem::path> specs;
  std::vector<std::string> overrides;
  std::filesystem::path runs = "runs";
  bool dry_run = false, force = false;
};

// An experiment with its data found and read, but nothing computed.
struct Planned {
  Experiment experiment;
  Dataset dataset;
  std::filesystem::path cache;
  bool cache_is_named = false;
};

// Beside the runs, one cache for all experiments that hear the same clips with the same parameters.
std::filesystem::path default_cache(const Planned& planned, const std::filesystem::path& runs) {
  const Json key = {{"features", to_json(planned.experiment).at("features")},
                    {"data", std::filesystem::weakly_canonical(planned.dataset.root).string()},
                    {"genres", planned.dataset.genres}};
  const std::string text = key.dump(-1, ' ', false, Json::error_handler_t::replace);  // paths: any bytes
  return runs / ".cache" /
         fmt::format("{}-{:016x}.h5", planned.dataset.name, XXH3_64bits(text.data(), text.size()));
}

Planned plan(Experiment experiment, const GlobalOptions& global, const std::filesystem::path& runs) {
  Planned planned;
  const std::filesystem::path data = find_data(experiment.dataset.path, global.data_root);
  planned.dataset = read_dataset(data, {.genres = experiment.dataset.genres, .data_root = global.data_root});
  for (const std::string& note : planned.dataset.notes) spdlog::info("{}: {}", planned.dataset.name, note);
  make_split(planned.dataset, experiment.dataset.split);  // refuses here, before anything is computed
  planned.cache_is_named = !experiment.dataset.cache.empty();
  planned.experiment = std::move(experiment);
  planned.cache = planned.cache_is_named ? std::filesystem::path(planned.experiment.dataset.cache)
                                         : default_cache(planned, runs);
  return planned;
}

void check_parameters(const Experiment& experiment, const FeatureCache& cache) {
  if (cache.params() == experiment.features) return;
  Experiment of_cache = experiment;
  of_cache.features = cache.params();
  const nlohmann::json there = to_json(of_cache).at("features"), wanted = to_json(experiment).at("features");
  const std::string at = nlohmann::json::diff(there, wanted).front().at("path").get<std::string>();
  const nlohmann::json::json_pointer pointer(at);
  throw Error(
      ErrorKind::kData,
      fmt::format("{}: was made with other parameters: /features{} is {} there and {} in experiment {}; "
                  "name another file in /dataset/cache, or none",
                  cache.path().string(), at, there.contains(pointer) ? there.at(pointer).dump() : "absent",
                  wanted.contains(pointer) ? wanted.at(pointer).dump() : "absent", experiment.name));
}

void ensure_cache(const Planned& planned, const GlobalOptions& global, Device device) {
  if (planned.cache_is_named && std::filesystem::exists(planned.cache))
    return check_recordings(planned.dataset, planned.cache);
  if (planned.cache.has_parent_path()) make_folder(planned.cache.parent_path());
  Progress progress("caching " + planned.dataset.name, "clips");
  BuildOptions options;
  options.device = device;
  options.threads = thread_count(global);
  options.skip_unreadable = planned.experiment.dataset.skip_unreadable;
  options.progress = [&](std::size_t done, std::size_t total) { progress.update(done, total); };
  build_cache(planned.dataset, planned.experiment.features, planned.cache, options);
}

// Leaves out what the cache could not decode (only where the spec says so), counts, and splits what is left.
PreparedRun prepare(const Planned& planned, const FeatureCache& cache) {
  check_parameters(planned.experiment, cache);
  PreparedRun run;
  run.experiment = planned.experiment;
  run.dataset = planned.dataset;
  std::size_t left_out = 0;
  if (planned.experiment.dataset.skip_unreadable)
    left_out = std::erase_if(run.dataset.clips, [&](const Clip& clip) { return !cache.find(clip.id); });
  run.split = make_split(run.dataset, planned.experiment.dataset.split);
  if (left_out > 0)
    run.split.notes.push_back(
        planned.cache_is_named
            ? fmt::format("{} recordings have no features in {} and were left out", left_out,
                          cache.path().string())
            : fmt::format("{} recordings could not be decoded and were left out", left_out));
  const double wanted = planned.experiment.features.clip_seconds;
  const double half_sample = 0.5 / planned.experiment.features.sample_rate;
  for (const Clip& clip : run.dataset.clips) {
    const auto row = cache.find(clip.id);
    if (!row) continue;
    const double seconds = cache.clips()[*row].seconds;
    run.cut += seconds > wanted + half_sample ? 1 : 0;
    run.padded += seconds < wanted - half_sample ? 1 : 0;
  }
  return run;
}

void check_clips(const Planned& planned) {
  const FeatureCache cache(planned.cache);
  const PreparedRun run = prepare(planned, cache);
  for (const Fold& fold : run.split.folds) select_fold(run.dataset, fold, cache, 1);
}

Json train(const Planned& planned, const GlobalOptions& global, const RunCommand& command, Device device) {
  const FeatureCache cache(planned.cache);
  const PreparedRun run = prepare(planned, cache);
  if (run.cut + run.padded > 0)
    spdlog::info("{}: {} clips cut and {} zero-padded to {} s", run.experiment.name, run.cut, run.padded,
                 run.experiment.features.clip_seconds);
  for (const std::string& note : run.split.notes) spdlog::info("{}: {}", run.experiment.name, note);
  std::unique_ptr<Progress> progress;
  std::string drawn;
  RunOptions options;
  options.runs = command.runs;
  options.device = device;
  options.threads = thread_count(global);
  options.force = command.force;
  options.events.epoch = [&](const std::string& what, int epoch, int epochs, const std::string& detail) {
    if (drawn != what) progress = std::make_unique<Progress>(run.experiment.name + ", " + what, "epochs");
    drawn = what;
    progress->update(static_cast<std::size_t>(epoch), static_cast<std::size_t>(epochs), detail);
  };
  options.events.note = [&](const std::string& message) {
    progress.reset();
    drawn.clear();
    spdlog::info("{}: {}", run.experiment.name, message);
  };
  return run_training(run, cache, options);
}

void print_results(const std::vector<Json>& summaries, const RunCommand& command) {
  Table table;
  table.header = {"run", "accuracy", "macro F1", "log loss", "test clips", "seeds x folds"};
  for (const Json& s : summaries) {
    const Json& test = s.at("test");
    table.rows.push_back({s.at("name"), fmt::format("{:.3f}", test.at("accuracy").get<double>()),
                          fmt::format("{:.3f}", test.at("macro_f1").get<double>()),
                          fmt::format("{:.3f}", test.at("log_loss").get<double>()),
                          std::to_string(s.at("clips").at("test").get<std::size_t>()),
                          std::to_string(s.at("trainings").size())});
  }
  std::cout << table.text();
  const auto split = [](const Json& s) { return s.at("split").get<std::string>(); };
  const bool same = std::all_of(summaries.begin(), summaries.end(),
                                [&](const Json& s) { return split(s) == split(summaries.front()); });
  if (same)
    std::cout << "split: " << split(summaries.front()) << "\n";
  else
    for (const Json& s : summaries)
      std::cout << "split of " << s.at("name").get<std::string>() << ": " << split(s) << "\n";
  std::cout << "probabilities averaged over seeds, per clip\nrun folders: " << command.runs.string() << "/\n";
}

void print_dry_run(const std::vector<Planned>& all, const GlobalOptions& global, Device device) {
  Json plans = Json::array();
  for (const Planned& planned : all) {
    const Split split = make_split(planned.dataset, planned.experiment.dataset.split);
    Json folds = Json::array();
    for (const Fold& fold : split.folds)
      folds.push_back({{"name", fold.name},
                       {"train", fold.train.size()},
                       {"validation", fold.validation.size()},
                       {"test", fold.test.size()}});
    plans.push_back(
        {{"spec", to_json(planned.experiment)},
         {"split", {{"name", split.name}, {"folds", folds}, {"notes", split.notes}}},
         {"networks", describe_networks(planned.experiment, planned.dataset.genres.size(), device)}});
  }
  if (global.json) {
    std::cout << plans.dump(2) << "\n";
    return;
  }
  for (const Json& plan : plans) {
    std::cout << plan.at("spec").dump(2) << "\n";
    for (const Json& network : plan.at("networks")) {
      std::cout << network.at("branch").get<std::string>() << ": "
                << network.at("parameters").get<std::size_t>() << " parameters\n";
      for (const Json& layer : network.at("layers")) std::cout << "  " << layer.get<std::string>() << "\n";
    }
    std::cout << "split: " << plan.at("split").at("name").get<std::string>() << "\n";
    for (const Json& fold : plan.at("split").at("folds"))
      std::cout << "  " << fold.at("name").get<std::string>() << " train " << fold.at("train")
                << ", validation " << fold.at("validation") << ", test " << fold.at("test") << " clips\n";
  }
}

void run(const RunCommand& command, const GlobalOptions& global) {
  const Device device = resolve(global.device);
  std::vector<Planned> all;
  for (Experiment& experiment : read_experiments(command.specs, command.overrides))
    all.push_back(plan(std::move(experiment), global, command.runs));
  if (command.dry_run) return print_dry_run(all, global, device);
  // Run folders, caches and clips are checked before the first training, so that nothing refuses after hours.
  if (!command.force)
    for (const Planned& planned : all) check_run_folder(command.runs, planned.experiment);
  for (const Planned& planned : all) ensure_cache(planned, global, global.device);
  for (const Planned& planned : all) check_clips(planned);
  std::vector<Json> summaries;
  for (const Planned& planned : all) summaries.push_back(train(planned, global, command, device));
  if (global.json)
    std::cout << Json(summaries).dump(2) << "\n";
  else
    print_results(summaries, command);
}

}  // namespace

void add_run(CLI::App& app, GlobalOptions& global) {
  auto command = std::make_shared<RunCommand>();
  CLI::App* sub = app.add_subcommand("run", "train and evaluate experiments; resumes what was interrupted");
  sub->add_option("SPEC", command->specs, "experiment files, or folders of them")->required();
  sub->add_option("--set", command->overrides, "change a field: /json/pointer=value; repeatable")
      ->allow_extra_args(false)
      ->take_all();
  sub->add_option("--runs", command->runs, "where run folders are made")->capture_default_str();
  sub->add_flag("--dry-run", command->dry_run, "print resolved specs, shapes and parts; compute nothing");
  sub->add_flag("--force", command->force, "start anew what is there already under the same name");
  sub->footer(
      "Examples:\n"
      "  genretrack run experiments/gtzan-4/ --data-root ~/music --set /training/epochs=40\n"
      "  genretrack run fused-late.json --dry-run\n"
      "  genretrack run fused-late.json --set /name=fused-quick --set /seeds=[1,2]");
  sub->callback([command, &global] {
    wait_passively();
    run(*command, global);
  });
}

}  // namespace genretrack
