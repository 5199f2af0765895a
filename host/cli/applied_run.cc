#include "host/cli/applied_run.h"

#include <spdlog/fmt/fmt.h>

#include <charconv>
#include <nlohmann/json.hpp>

#include "host/analysis/calibration.h"
#include "host/core/csv.h"
#include "host/core/error.h"
#include "host/report/run_predictions.h"
#include "host/report/run_reader.h"
#include "host/train/run_folder.h"

namespace genretrack {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

// What the run's predictions say of clips that its models did not learn from.
void fit_calibration(AppliedRun& run, bool calibrated) {
  bool folds = false;
  if (is_there(run.path / "summary.json")) {
    RunRecord record = read_run(run.path);
    folds = std::any_of(
        record.trainings.begin(), record.trainings.end(),
        [&](const TrainingRecord& training) { return training.fold != record.trainings.front().fold; });
    run.held_out = std::move(folds ? record.test : record.validation);
  } else {
    run.held_out = read_predictions(run.path / "predictions.csv", run.models->genres(),
                                    read_split(run.path / "split.csv"))
                       .validation;
  }
  if (!calibrated) return;
  const Temperature fitted = fit_temperature(run.held_out);
  run.temperature = fitted.value;
  run.calibration_clips = fitted.clips;
  run.fitted_on = folds ? "out-of-fold" : "validation";
}

void note_heard(AppliedRun& run, std::size_t model) {
  const CsvTable table = read_csv(run.trainings[model] / "split.csv");
  const auto hash_column = table.find("audio_hash");
  if (!hash_column) {
    run.knows_audio = false;
    return;
  }
  const std::size_t part_column = table.column("part");
  for (const CsvTable::Row& row : table.rows) {
    const std::string &text = row.fields[*hash_column], &part = row.fields[part_column];
    std::uint64_t hash = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), hash, 16);
    if (problem != std::errc() || end != text.data() + text.size())
      throw Error(ErrorKind::kData,
                  fmt::format("{}:{}: \"{}\" is no hash; run the experiment again with --force", table.source,
                              row.line, text));
    std::string& marks = run.heard[hash];
    marks.resize(run.trainings.size(), 'n');
    marks[model] = part == "test" ? 'e' : part.empty() ? 'n' : part[0];
  }
}

std::vector<fs::path> training_folders(const fs::path& path) {
  if (!is_there(path / "summary.json")) {
    if (is_there(path / "model.h5") && is_there(path / "result.json")) return {path};
    throw Error(ErrorKind::kData,
                path.string() +
                    ": is no finished run: it has neither a summary.json nor a model.h5 with its "
                    "result.json; name a folder as runs/NAME or runs/NAME/seed-1");
  }
  std::vector<fs::path> folders;
  const Json summary = read_json_file(path / "summary.json");
  const auto trainings = summary.find("trainings");
  if (trainings != summary.end() && trainings->is_array())
    for (const Json& training : *trainings)
      if (training.is_object() && training.contains("folder") && training.at("folder").is_string())
        folders.push_back(path / training.at("folder").get<std::string>());
  if (folders.empty()) refuse_damaged(path / "summary.json", "it lists no trainings");
  return folders;
}

}  // namespace

std::vector<std::size_t> AppliedRun::fair_models(std::uint64_t hash, std::string* seen) const {
  std::vector<std::size_t> all, fair;
  const auto marks = heard.find(hash);
  bool trained = false;
  for (std::size_t m = 0; m < trainings.size(); ++m) {
    all.push_back(m);
    const char mark = marks == heard.end() ? 'n' : marks->second[m];
    if (mark == 'n' || mark == 'e') fair.push_back(m);
    trained = trained || mark == 't';
  }
  *seen = !fair.empty() ? "" : trained ? "train" : "validation";
  return fair.empty() ? all : fair;
}

AppliedRun open_run(const fs::path& given, const GlobalOptions& global, bool calibrated) {
  AppliedRun run;
  run.path = given.has_filename() ? given : given.parent_path();  // without a slash at the end
  run.trainings = training_folders(run.path);
  std::vector<fs::path> files;
  for (const fs::path& folder : run.trainings) files.push_back(folder / "model.h5");
  run.models = std::make_unique<Models>(files, resolve(global.device), thread_count(global));
  run.name = run.models->experiment().name;
  fit_calibration(run, calibrated);
  for (std::size_t model = 0; model < run.trainings.size(); ++model) note_heard(run, model);
  return run;
}

std::string describe(const AppliedRun& run) {
  std::string text = fmt::format("{}: {} model{}", run.name, run.trainings.size(),
                                 run.trainings.size() == 1 ? "" : "s, probabilities averaged");
  if (run.fitted_on.empty()) return text + ", not calibrated";
  return text + fmt::format(", calibrated by a temperature of {:.3g} (fitted on {} {} clips)",
                            run.temperature, run.calibration_clips, run.fitted_on);
}

Json model_json(const AppliedRun& run) {
  Json calibration;
  if (!run.fitted_on.empty())
    calibration = {
        {"temperature", run.temperature}, {"fitted_on", run.fitted_on}, {"clips", run.calibration_clips}};
  return {{"path", run.path.string()},
          {"name", run.name},
          {"models", run.trainings.size()},
          {"genres", run.models->genres()},
          {"calibration", calibration}};
}

}  // namespace genretrack
