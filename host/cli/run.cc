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
#include "host/cli/find_learning_rate.h"
#include "host/cli/plan.h"
#include "host/core/error.h"
#include "host/report/progress.h"
#include "host/report/table.h"
#include "host/spec/read_experiment.h"
#include "host/train/run_training.h"

namespace genretrack {
namespace {

using Json = nlohmann::ordered_json;

struct RunCommand {
  std::vector<std::filesystem::path> specs;
  std::vector<std::string> overrides;
  std::filesystem::path runs = "runs";
  bool dry_run = false, force = false, find_learning_rate = false;
  std::filesystem::path output;  // of find_learning_rate
};

Json train(const Planned& planned, const GlobalOptions& global, const RunCommand& command, Device device) {
  const FeatureCache cache(planned.cache);
  const PreparedRun run = prepare(planned, cache, global);
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
  if (!command.output.empty() && !command.find_learning_rate)
    throw Error(ErrorKind::kUsage,
                "--output is the page of --find-learning-rate; runs are written to --runs");
  check_rate_output(command.output);
  const Device device = resolve(global.device);
  std::vector<Planned> all;
  for (Experiment& experiment : read_experiments(command.specs, command.overrides))
    all.push_back(plan(std::move(experiment), global, command.runs));
  if (command.dry_run) return print_dry_run(all, global, device);
  if (command.find_learning_rate) {
    for (const Planned& planned : all) ensure_cache(planned, global, global.device);
    return find_learning_rates(all, command.output, global, device);
  }
  // Run folders, caches and clips are checked before the first training, so that nothing refuses after hours.
  if (!command.force)
    for (const Planned& planned : all) check_run_folder(command.runs, planned.experiment);
  for (const Planned& planned : all) ensure_cache(planned, global, global.device);
  for (const Planned& planned : all) prepare(planned, FeatureCache(planned.cache), global);
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
  CLI::Option* dry =
      sub->add_flag("--dry-run", command->dry_run, "print resolved specs, shapes and parts; compute nothing");
  CLI::Option* find =
      sub->add_flag("--find-learning-rate", command->find_learning_rate,
                    "test growing learning rates on every branch and suggest one; train nothing");
  sub->add_option("-o,--output", command->output, "page with the plots of --find-learning-rate (.html)");
  find->excludes(dry);
  sub->add_flag("--force", command->force, "start anew what is there already under the same name");
  sub->footer(
      "Examples:\n"
      "  genretrack run experiments/gtzan-4/ --data-root ~/music --set /training/epochs=40\n"
      "  genretrack run fused-late.json --dry-run\n"
      "  genretrack run fused-late.json --find-learning-rate -o rates.html\n"
      "  genretrack run fused-late.json --set /name=fused-quick --set /seeds=[1,2]");
  sub->callback([command, &global] {
    wait_passively();
    run(*command, global);
  });
}

}  // namespace genretrack
