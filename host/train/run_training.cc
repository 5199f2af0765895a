#include "host/train/run_training.h"

#include <map>
#include <nlohmann/json.hpp>

#include "host/core/error.h"
#include "host/nn/networks.h"
#include "host/spec/choices.h"
#include "host/spec/read_experiment.h"
#include "host/train/network_inputs.h"
#include "host/train/run_folder.h"
#include "host/train/training.h"

namespace genretrack {
namespace {

using Json = nlohmann::ordered_json;

// Probabilities of one part, averaged over seeds and pooled over folds: the unit of every statistic is the
// clip.
class Pool {
 public:
  void add(const Predictions& part) {
    genres_ = part.genres;
    for (std::size_t i = 0; i < part.clips.size(); ++i) {
      Row& row = rows_[part.clips[i]];
      row.truth = part.truth[i];
      row.artist = part.artists[i];
      row.sum.resize(genres_.size());
      for (std::size_t g = 0; g < genres_.size(); ++g) row.sum[g] += part.probability(i, g);
      ++row.count;
    }
  }
  Predictions mean() const {
    Predictions all;
    all.genres = genres_;
    for (const auto& [clip, row] : rows_) {
      all.clips.push_back(clip);
      all.truth.push_back(row.truth);
      all.artists.push_back(row.artist);
      for (const double sum : row.sum) all.probabilities.push_back(sum / row.count);
    }
    return all;
  }

 private:
  struct Row {
    std::size_t truth = 0;
    std::string artist;
    std::vector<double> sum;
    int count = 0;
  };
  std::vector<std::string> genres_;
  std::map<std::string, Row> rows_;
};

Json summary_of(const PreparedRun& run, const FoldClips& first_fold, const Json& trainings,
                std::size_t parameters, const Pool& validation, const Pool& test) {
  const Experiment& experiment = run.experiment;
  Json inputs = Json::array();
  for (const BranchSpec& branch : experiment.model.branches) inputs.push_back(name(branch.input));
  const Predictions reported = test.mean();
  return {{"format", 1},
          {"name", experiment.name},
          {"version", GENRETRACK_VERSION},
          {"inputs", inputs},
          {"fusion", experiment.model.fusion == Fusion::kNone ? Json(nullptr)
                                                              : Json(choice_name(experiment.model.fusion))},
          {"model", describe(experiment.model)},
          {"parameters", parameters},
          {"dataset", run.dataset.name},
          {"split", run.split.name},
          {"notes", run.split.notes},
          {"genres", run.dataset.genres},
          {"clips",
           {{"train", first_fold.train.size()},
            {"validation", first_fold.validation.size()},
            {"test", reported.clips.size()},
            {"cut", run.cut},
            {"padded", run.padded}}},
          {"trainings", trainings},
          {"validation", metrics_json(validation.mean())},
          {"test", metrics_json(reported)},
          {"calibration", calibration_json(run.split.folds.size() > 1, validation.mean(), reported)}};
}

// What is printed of a summary.
void require_summary(const std::filesystem::path& path, const Json& summary) {
  try {
    for (const char* metric : {"accuracy", "macro_f1", "log_loss"})
      summary.at("test").at(metric).get<double>();
    if (summary.at("clips").at("test").is_number_unsigned() && summary.at("name").is_string() &&
        summary.at("split").is_string() && summary.at("trainings").is_array())
      return;
  } catch (const Json::exception&) {
  }
  refuse_damaged(path, "it lacks fields");
}

// Whether every training stands as it was written, and the summary says of each what its own folder does.
bool all_finished(const PreparedRun& run, const FeatureCache& cache, const RunOptions& options,
                  const std::filesystem::path& folder, const Json& summary) {
  Json entries = Json::array();
  for (const std::uint64_t seed : run.experiment.seeds)
    for (const Fold& fold : run.split.folds) {
      const Training training(run, cache, options, folder, seed, fold);
      if (!training.finished()) return false;
      entries.push_back(training.entry());
    }
  return summary.at("trainings") == entries;
}

}  // namespace

Json run_training(const PreparedRun& run, const FeatureCache& cache, const RunOptions& asked) {
  RunOptions options = asked;
  options.device = resolve(asked.device);  // trained branches are kept by device
  const RunFolder folder(options.runs, run.experiment.name, to_json(run.experiment), options.force,
                         options.wait);
  const std::filesystem::path summary_file = folder.path() / "summary.json";
  Json summary = read_json_file(summary_file);
  if (!summary.is_null()) require_summary(summary_file, summary);
  if (!summary.is_null() && all_finished(run, cache, options, folder.path(), summary)) {
    if (options.events.note) options.events.note("finished before, nothing to do");
    return summary;
  }
  Json trainings = Json::array();
  Pool validation, test;
  std::size_t parameters = 0;
  FoldClips first_fold;
  for (const std::uint64_t seed : run.experiment.seeds)
    for (const Fold& fold : run.split.folds) {
      Training training(run, cache, options, folder.path(), seed, fold);
      trainings.push_back(training.finish());
      const FoldClips& clips = training.clips();
      validation.add(predictions_of(clips, clips.validation, training.probabilities()));
      test.add(predictions_of(clips, clips.test, training.probabilities()));
      parameters = training.trained_parameters();
      if (trainings.size() == 1) first_fold = clips;
    }
  summary = summary_of(run, first_fold, trainings, parameters, validation, test);
  write_json_file(summary_file, summary);
  return summary;
}

void check_run_folder(const std::filesystem::path& runs, const Experiment& experiment) {
  std::error_code ignored;
  if (!std::filesystem::exists(runs / experiment.name, ignored)) return;  // checking leaves nothing behind
  const RunFolder folder(runs, experiment.name, to_json(experiment), false);
}

Json describe_networks(const Experiment& experiment, std::size_t genres, Device device) {
  Json branches = Json::array();
  for (const ModelSpec& network : networks_of(experiment.model)) {
    if (is_baseline(network.branches.front().architecture)) {
      branches.push_back({{"branch", describe(network)}, {"layers", Json::array()}, {"parameters", 0}});
      continue;
    }
    const ModelShape shape{rows_of(network, experiment.features),
                           experiment.features.frames_of(experiment.training.segment_seconds),
                           static_cast<int>(genres)};
    const auto ops = make_network_ops(device, {.batch = experiment.training.batch_size});
    const Network recorded = record_network(*ops, network, shape);
    branches.push_back({{"branch", describe(network)},
                        {"layers", recorded.layers},
                        {"parameters", recorded.layout.trained_count()}});
  }
  return branches;
}

}  // namespace genretrack
