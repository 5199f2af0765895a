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
#include "host/cli/run_all.h"
#include "host/cli/sweep_report.h"
#include "host/core/error.h"
#include "host/report/table.h"
#include "host/spec/read_experiment.h"
#include "host/train/run_folder.h"
#include "host/train/run_training.h"

namespace genretrack {
namespace {

using Json = nlohmann::ordered_json;

struct RunCommand {
  std::vector<std::filesystem::path> specs;
  std::vector<std::string> overrides;
  std::string budget;
  RunPlan plan;
  bool dry_run = false, find_learning_rate = false;
  std::filesystem::path output;  // of find_learning_rate
};

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
  std::cout << "probabilities averaged over seeds, per clip\nrun folders: " << command.plan.runs.string()
            << "/\n";
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

// Sweeps in the order of their first experiment; everything else in one table.
void print_outcomes(const std::vector<Planned>& all, const std::vector<RunOutcome>& outcomes,
                    const GlobalOptions& global, const RunCommand& command) {
  std::vector<std::string> sweeps;
  std::vector<Json> summaries, reports;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& point = all[i].experiment.point;
    if (!point && outcomes[i].finished()) summaries.push_back(outcomes[i].summary);
    if (point && std::find(sweeps.begin(), sweeps.end(), point->sweep) == sweeps.end())
      sweeps.push_back(point->sweep);
  }
  for (const std::string& sweep : sweeps) {
    std::vector<const Planned*> members;
    std::vector<const RunOutcome*> theirs;
    for (std::size_t i = 0; i < all.size(); ++i)
      if (all[i].experiment.point && all[i].experiment.point->sweep == sweep) {
        members.push_back(&all[i]);
        theirs.push_back(&outcomes[i]);
      }
    reports.push_back(report_sweep(members, theirs, command.plan.runs));
  }
  if (global.json) {
    // A plain list where there is no sweep.
    const Json json = reports.empty() ? Json(summaries) : Json{{"runs", summaries}, {"sweeps", reports}};
    std::cout << json.dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
    return;
  }
  if (!summaries.empty()) print_results(summaries, command);
  for (const Json& report : reports) std::cout << sweep_text(report);
}

// One error for all that failed; its kind is that of the first.
void throw_failures(const std::vector<Planned>& all, const std::vector<RunOutcome>& outcomes) {
  std::string names;
  std::size_t failed = 0;
  const RunOutcome* first = nullptr;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (outcomes[i].problem.empty()) continue;
    if (first == nullptr) first = &outcomes[i];
    if (++failed <= 5) names += (failed > 1 ? ", " : "") + all[i].experiment.name;
  }
  if (first == nullptr) return;
  if (all.size() == 1) throw Error(first->kind, first->problem);
  throw Error(first->kind,
              fmt::format("{} of {} runs failed: {}{}; the reasons stand above, and the same command "
                          "tries them again",
                          failed, all.size(), names, failed > 5 ? " and others" : ""));
}

void run(const RunCommand& command, const GlobalOptions& global) {
  if (!command.output.empty() && !command.find_learning_rate)
    throw Error(ErrorKind::kUsage,
                "--output is the page of --find-learning-rate; runs are written to --runs");
  check_rate_output(command.output);
  const Device device = resolve(global.device);
  RunPlan plan_of_runs = command.plan;
  if (!command.budget.empty()) plan_of_runs.budget = seconds_of(command.budget);
  std::vector<Planned> all;
  for (Experiment& experiment : read_experiments(command.specs, command.overrides))
    all.push_back(plan(std::move(experiment), global, plan_of_runs.runs));
  if (command.dry_run) return print_dry_run(all, global, device);
  if (command.find_learning_rate) {
    for (const Planned& planned : all) ensure_cache(planned, global, global.device);
    return find_learning_rates(all, command.output, global, device);
  }
  // Run folders, caches and clips are checked before the first training, so that nothing refuses after hours.
  for (const Planned& planned : all) {
    if (plan_of_runs.force) break;
    try {
      check_run_folder(plan_of_runs.runs, planned.experiment);
    } catch (const FolderInUse&) {
      if (all.size() == 1 && !plan_of_runs.wait) throw;
    }
  }
  for (const Planned& planned : all) ensure_cache(planned, global, global.device);
  for (const Planned& planned : all) prepare(planned, FeatureCache(planned.cache), global);
  const std::vector<RunOutcome> outcomes = run_all(all, global, plan_of_runs, device);
  const bool any =
      std::any_of(outcomes.begin(), outcomes.end(), [](const RunOutcome& o) { return o.finished(); });
  if (any) print_outcomes(all, outcomes, global, command);
  throw_failures(all, outcomes);
  if (!any)
    throw Error(ErrorKind::kInterrupted,
                "no run was finished within the budget; run the same command again to go on");
}

}  // namespace

void add_run(CLI::App& app, GlobalOptions& global) {
  auto command = std::make_shared<RunCommand>();
  CLI::App* sub = app.add_subcommand("run", "train and evaluate experiments; resumes what was interrupted");
  sub->add_option("SPEC", command->specs, "experiment files, or folders of them")->required();
  sub->add_option("--set", command->overrides, "change a field: /json/pointer=value; repeatable")
      ->allow_extra_args(false)
      ->take_all();
  sub->add_option("--runs", command->plan.runs, "where run folders are made")->capture_default_str();
  CLI::Option* dry =
      sub->add_flag("--dry-run", command->dry_run, "print resolved specs, shapes and parts; compute nothing");
  CLI::Option* find =
      sub->add_flag("--find-learning-rate", command->find_learning_rate,
                    "test growing learning rates on every branch and suggest one; train nothing");
  sub->add_option("-o,--output", command->output, "page with the plots of --find-learning-rate (.html)");
  find->excludes(dry);
  sub->add_flag("--force", command->plan.force, "start anew what is there already under the same name");
  sub->add_option("--jobs", command->plan.jobs,
                  "experiments to train at once, as processes that share the cores")
      ->check(CLI::Range(1, 1024));
  sub->add_option("--budget", command->budget,
                  "stop after this time (90s, 30m, 2h); finished runs and last epochs are kept, and the same "
                  "command goes on");
  sub->add_flag("--wait", command->plan.wait, "wait for another program that runs the same experiment");
  sub->footer(
      "Examples:\n"
      "  genretrack run experiments/gtzan-4/ --data-root ~/music --set /training/epochs=40\n"
      "  genretrack run fused-late.json --dry-run\n"
      "  genretrack run fused-late.json --find-learning-rate -o rates.html\n"
      "  genretrack run learning-rates.json --jobs 2 --budget 2h\n"
      "  genretrack run fused-late.json --set /name=fused-quick --set /seeds=[1,2]");
  sub->callback([command, &global] {
    wait_passively();
    run(*command, global);
  });
}

}  // namespace genretrack
