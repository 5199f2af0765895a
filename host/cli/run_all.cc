#include "host/cli/run_all.h"

#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <charconv>
#include <map>
#include <memory>

#include "host/cli/child_runs.h"
#include "host/core/error.h"
#include "host/report/progress.h"
#include "host/train/run_folder.h"

namespace genretrack {
namespace {

using Json = nlohmann::ordered_json;

Json train(const Planned& planned, const GlobalOptions& global, const RunPlan& plan, Device device,
           bool wait) {
  const FeatureCache cache(planned.cache);
  const PreparedRun run = prepare(planned, cache, global);
  if (run.cut + run.padded > 0)
    spdlog::info("{}: {} clips cut and {} zero-padded to {} s", run.experiment.name, run.cut, run.padded,
                 run.experiment.features.clip_seconds);
  for (const std::string& note : run.split.notes) spdlog::info("{}: {}", run.experiment.name, note);
  std::unique_ptr<Progress> progress;
  std::string drawn;
  RunOptions options;
  options.runs = plan.runs;
  options.device = device;
  options.threads = thread_count(global);
  options.force = plan.force;
  options.wait = wait;
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

}  // namespace

std::vector<RunOutcome> run_all(const std::vector<Planned>& all, const GlobalOptions& global,
                                const RunPlan& plan, Device device) {
  if (plan.jobs > 1 || plan.budget) return run_as_children(all, global, plan, device);
  std::vector<RunOutcome> outcomes(all.size());
  std::vector<std::size_t> in_use;
  const auto attempt = [&](std::size_t i, bool wait) {
    try {
      outcomes[i].summary = train(all[i], global, plan, device, wait);
    } catch (const FolderInUse& error) {
      if (all.size() == 1) throw;
      in_use.push_back(i);
    } catch (const Error& error) {
      if (all.size() == 1 || error.kind() == ErrorKind::kInterrupted) throw;
      outcomes[i].problem = error.what();
      outcomes[i].kind = error.kind();
      spdlog::error("{}: {}", all[i].experiment.name, error.what());
    }
  };
  for (std::size_t i = 0; i < all.size(); ++i) attempt(i, plan.wait);
  for (const std::size_t i : std::exchange(in_use, {})) {
    spdlog::info("{}: another program is running it; waiting for that", all[i].experiment.name);
    attempt(i, true);
  }
  return outcomes;
}

double seconds_of(const std::string& text) {
  static const std::map<std::string, double> units = {{"", 1},     {"s", 1},    {"m", 60},
                                                      {"min", 60}, {"h", 3600}, {"d", 86400}};
  double value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  std::string unit(end, text.data() + text.size());
  if (unit.starts_with(' ')) unit.erase(0, 1);
  const auto found = units.find(unit);
  if (problem != std::errc() || found == units.end() || !(value > 0 && value < 1e9))
    throw Error(ErrorKind::kUsage,
                "--budget: \"" + text + "\" is no time above 0; it looks like 90s, 30m or 2h");
  return value * found->second;
}

}  // namespace genretrack
