#include "host/cli/find_learning_rate.h"

#include <spdlog/fmt/fmt.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "host/core/error.h"
#include "host/core/files.h"
#include "host/nn/networks.h"
#include "host/report/progress.h"
#include "host/report/table.h"
#include "host/train/network_inputs.h"

namespace genretrack {
namespace {

using Json = nlohmann::ordered_json;

std::vector<FoundRate> test_experiment(const Planned& planned, const GlobalOptions& global, Device device) {
  const FeatureCache cache(planned.cache);
  const PreparedRun run = prepare(planned, cache, global);
  const Experiment& experiment = run.experiment;
  BranchJob job;
  job.training = &experiment.training;
  job.seed = experiment.seeds.front();
  job.segment = cache.params().frames_of(experiment.training.segment_seconds);
  job.device = device;
  job.threads = thread_count(global);
  const FoldClips clips = select_fold(run.dataset, run.split.folds.front(), cache, job.segment);
  job.clips = &clips;
  std::vector<FoundRate> found;
  for (const ModelSpec& network : networks_of(experiment.model)) {
    if (is_baseline(network.branches.front().architecture)) continue;  // there is no rate to find
    job.model = &network;
    job.rows = rows_of(network, experiment.features);
    const std::vector<BranchData> inputs = load_inputs(cache, network, clips, job.threads);
    const RateRange range;
    Progress progress(experiment.name + ", " + network_name(network), "steps");
    const auto draw = [&](int step) {
      progress.update(static_cast<std::size_t>(step), static_cast<std::size_t>(range.steps));
    };
    found.push_back({experiment.name, describe(network), experiment.training.learning_rate,
                     test_learning_rates(job, inputs, range, draw)});
  }
  return found;
}

Json to_json(const FoundRate& found) {
  const RateTest& test = found.test;
  Json steps = Json::array();
  for (const RateStep& step : test.steps)  // JSON has no infinity: null
    steps.push_back({{"rate", step.rate}, {"loss", step.loss}, {"smoothed", step.smoothed}});
  const auto rate = [](double value) { return value > 0 ? Json(value) : Json(nullptr); };
  return {{"experiment", found.experiment},
          {"network", found.network},
          {"learning_rate", found.learning_rate},
          {"suggestion", rate(test.suggestion)},
          {"steepest", rate(test.suggestion > 0 ? test.steps[test.steepest].rate : 0)},
          {"tenth_of_divergence", rate(test.tenth)},
          {"diverged", test.diverged},
          {"steps", steps}};
}

void print(const std::vector<FoundRate>& all) {
  Table table;
  table.header = {"run", "network", "suggested", "steepest fall", "tenth of divergence", "now"};
  for (const FoundRate& found : all) {
    const RateTest& test = found.test;
    table.rows.push_back({found.experiment, found.network, rate_text(test.suggestion),
                          rate_text(test.suggestion > 0 ? test.steps[test.steepest].rate : 0),
                          rate_text(test.tenth), rate_text(found.learning_rate)});
  }
  std::cout << table.text()
            << "suggested: the smaller of the rate where the smoothed loss falls fastest and a tenth of the "
               "rate of its least value before it diverges\n";
}

}  // namespace

std::string rate_text(double rate) { return rate > 0 ? fmt::format("{:.3g}", rate) : "none"; }

void check_rate_output(const std::filesystem::path& output) {
  if (!output.empty() && output.extension() != ".html")
    throw Error(ErrorKind::kUsage,
                output.string() + ": the plot of learning rates is a page; name an .html file");
}

void find_learning_rates(const std::vector<Planned>& experiments, const std::filesystem::path& output,
                         const GlobalOptions& global, Device device) {
  std::vector<FoundRate> all;
  for (const Planned& planned : experiments)
    for (FoundRate& found : test_experiment(planned, global, device)) all.push_back(std::move(found));
  if (!output.empty()) write_file_atomically(output, rate_page(all));
  if (!global.json) return print(all);
  Json list = Json::array();
  for (const FoundRate& found : all) list.push_back(to_json(found));
  std::cout << list.dump(2) << "\n";
}

}  // namespace genretrack
